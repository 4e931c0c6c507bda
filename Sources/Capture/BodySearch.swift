/// Looks for the first text and the first HTML in a message's tree of parts.
struct BodySearch {
    private(set) var text: String?
    private(set) var html: String?
    private var visited = 0

    /// Visits a part and what is in it; `depth` counts the multiparts around it.
    mutating func visit(_ part: HeaderSection, depth: Int, isInDigest: Bool = false) {
        visited += 1
        let field = part.value("content-type")
        let type = field.map(ContentType.init) ?? (isInDigest ? .message : .plainText)
        guard !isAttachment(part) else { return }
        if let boundary = type.boundary {
            guard depth < CapturedMessageReader.deepest else { return }
            for inner in MultipartBody(part.body, boundary: boundary) {
                guard visited < CapturedMessageReader.mostParts, text == nil || html == nil
                else { return }
                visit(
                    HeaderSection(inner),
                    depth: depth + 1,
                    isInDigest: type.name == "multipart/digest"
                )
            }
        } else if type.name == "text/plain", text == nil {
            text = content(of: part, charset: type.charset)
        } else if type.name == "text/html", html == nil {
            html = content(of: part, charset: type.charset)
        }
    }

    private func isAttachment(_ part: HeaderSection) -> Bool {
        let disposition = part.value("content-disposition") ?? []
        return ContentType(disposition).name == "attachment"
    }

    private func content(of part: HeaderSection, charset: String) -> String {
        let bytes = TransferDecoding.decode(
            part.body,
            encoding: part.value("content-transfer-encoding") ?? []
        )
        return Charset.text(of: bytes.withPlainLineEnds, charset: charset)
    }
}

extension [UInt8] {
    /// The bytes with LF for every CRLF.
    fileprivate var withPlainLineEnds: [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(count)
        for byte in self {
            if byte == .lineFeed, result.last == .carriageReturn { result.removeLast() }
            result.append(byte)
        }
        return result
    }
}
