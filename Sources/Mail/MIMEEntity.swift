/// A part of a message, or the whole of its content: fields that begin with `Content-`, and a body
/// (RFC 2045, section 2.4).
struct MIMEEntity: Sendable {
    let headers: [HeaderField]
    let body: [UInt8]

    init(headers: [HeaderField], body: [UInt8]) {
        self.headers = headers
        self.body = body
    }

    /// A text in one form.
    init(_ part: TextPart) {
        self.init(headers: part.headers, body: part.body)
    }

    /// Several entities in one, in the canonical form: every line ends in CRLF.
    ///
    /// The boundary must not occur in a part at the start of a line, after two hyphens.
    init(multipart type: [String], boundary: String, parts: [MIMEEntity]) {
        var body: [UInt8] = []
        for part in parts {
            body += "--\(boundary)\r\n".utf8
            body += part.bytes
            body += [.carriageReturn, .lineFeed]
        }
        body += "--\(boundary)--\r\n".utf8
        let tokens = type + ["boundary=\"\(boundary)\""]
        headers = [HeaderField(HeaderName("Content-Type"), tokens: tokens)]
        self.body = body
    }

    /// Fields, the empty line and the body.
    var bytes: [UInt8] {
        headers.flatMap(\.bytes) + [.carriageReturn, .lineFeed] + body
    }
}
