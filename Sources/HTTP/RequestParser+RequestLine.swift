extension RequestParser {
    /// `METHOD SP target SP HTTP/1.1`, RFC 9112 section 3.
    mutating func takeRequestLine() throws(HTTPError) -> Step? {
        guard position < buffer.count else { return .needMore }
        try checkFirstByte()
        guard let line = try takeLine(room: limits.requestLine + 1, orFail: .targetTooLong) else {
            return .needMore
        }
        if line.isEmpty {
            // One empty line before a request is tolerated, RFC 9112 section 2.2.
            guard line.lowerBound == start else { throw HTTPError(.requestLine) }
            return nil
        }
        try parseRequestLine(line)
        fieldsStart = position
        state = .fields
        return nil
    }

    /// Refuses what cannot be a request without waiting for its line to end.
    private func checkFirstByte() throws(HTTPError) {
        let first = buffer[position]
        if ByteSet.token.contains(first) { return }
        switch first {
        case Byte.carriageReturn: return
        case Byte.lineFeed: throw HTTPError(.lineEnding)
        case 0x16: throw HTTPError(.tlsOnPlainPort)
        default: throw HTTPError(.method)
        }
    }

    private mutating func parseRequestLine(_ line: Range<Int>) throws(HTTPError) {
        let parts = try Self.split(buffer.span.extracting(line))
        let method = line.lowerBound..<line.lowerBound + parts.methodEnd
        head.method = Method(token: buffer.span.extracting(method))
        head.isOldVersion = parts.isOldVersion
        try parseTarget((method.upperBound + 1)..<line.lowerBound + parts.targetEnd)
    }

    /// Finds the two single spaces of a request line.
    private static func split(
        _ line: Span<UInt8>
    ) throws(HTTPError) -> (methodEnd: Int, targetEnd: Int, isOldVersion: Bool) {
        var index = 0
        while index < line.count, ByteSet.token.contains(line[index]) { index += 1 }
        guard index > 0, index < line.count else { throw HTTPError(.requestLine) }
        guard line[index] == Byte.space else { throw HTTPError(.method) }
        var end = index + 1
        while end < line.count, line[end] != Byte.space { end += 1 }
        guard end > index + 1, end < line.count else { throw HTTPError(.requestLine) }
        return (index, end, try isOldVersion(line.extracting((end + 1)..<line.count)))
    }

    /// Whether `text` is `HTTP/1.0`; `HTTP/1.1` is the other one allowed.
    private static func isOldVersion(_ text: Span<UInt8>) throws(HTTPError) -> Bool {
        guard text.count == 8, text.extracting(first: 5).isSameExactly(as: "HTTP/"),
            Byte.isDigit(text[5]), text[6] == Byte.dot, Byte.isDigit(text[7])
        else { throw HTTPError(.version) }
        switch (text[5], text[7]) {
        case (0x31, 0x31): return false
        case (0x31, 0x30): return true
        default: throw HTTPError(.unsupportedVersion)
        }
    }
}

extension Span<UInt8> {
    /// Whether these bytes are `text`.
    func isSameExactly(as text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount else { return false }
        // The literal's bytes live as long as the program, and `index` is below their count.
        let literal = unsafe text.utf8Start
        for index in indices {
            let wanted = unsafe literal[index]
            if self[index] != wanted { return false }
        }
        return true
    }
}
