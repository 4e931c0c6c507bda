/// Reads a message for display: its fields, its text and its HTML (RFC 5322, 2045–2047).
///
/// Any bytes give an answer: what is malformed is shown as it is or left out.
package enum CapturedMessageReader {
    /// Multiparts inside multiparts that are opened.
    static let deepest = 8
    /// Parts of one message that are looked at.
    static let mostParts = 200

    /// Reads a whole message, its lines ended by CRLF or LF.
    package static func read(_ raw: [UInt8]) -> CapturedContent {
        let section = HeaderSection(raw[...])
        var body = BodySearch()
        body.visit(section, depth: 0)
        return CapturedContent(headers: decoded(section), text: body.text, html: body.html)
    }

    /// The fields alone, unfolded and decoded; `raw` may end anywhere.
    static func headers(_ raw: [UInt8]) -> [(name: String, value: String)] {
        decoded(HeaderSection(raw[...]))
    }

    private static func decoded(_ section: HeaderSection) -> [(name: String, value: String)] {
        section.fields.map { ($0.name, EncodedWordDecoder.text(of: $0.value)) }
    }
}

/// What a message shows.
package struct CapturedContent: Sendable {
    /// Every field in its order, unfolded and decoded.
    package let headers: [(name: String, value: String)]
    /// The first `text/plain` that is not an attachment, its lines ended by LF.
    package let text: String?
    /// The first `text/html` that is not an attachment, its lines ended by LF.
    package let html: String?
}
