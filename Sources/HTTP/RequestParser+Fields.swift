extension RequestParser {
    /// One header field, or the empty line after the last, RFC 9112 section 5.
    mutating func takeField() throws(HTTPError) -> Step? {
        let room = limits.fieldBytes - (position - fieldsStart)
        guard let line = try takeLine(room: room, orFail: .headTooLarge) else { return .needMore }
        if line.isEmpty {
            try finishHead()
            return nil
        }
        guard head.fields.count < limits.fieldCount else { throw HTTPError(.tooManyFields) }
        let field = try Self.parseField(buffer.span.extracting(line), at: line.lowerBound)
        head.fields.append(field)
        if field.name != .other { try interpret(field) }
        return nil
    }

    /// `name: value` with optional space around the value.
    static func parseField(
        _ line: Span<UInt8>,
        at offset: Int
    ) throws(HTTPError) -> RequestHead.Field {
        if line[0] == Byte.space || line[0] == Byte.tab { throw HTTPError(.foldedField) }
        var colon = 0
        while colon < line.count, ByteSet.token.contains(line[colon]) { colon += 1 }
        guard colon > 0, colon < line.count, line[colon] == Byte.colon else {
            throw HTTPError(.fieldName)
        }
        var start = colon + 1
        var end = line.count
        while start < end, isBlank(line[start]) { start += 1 }
        while end > start, isBlank(line[end - 1]) { end -= 1 }
        for index in start..<end where line[index] < 128 && !ByteSet.text.contains(line[index]) {
            throw HTTPError(.controlByte)
        }
        return RequestHead.Field(
            name: HeaderField.named(line.extracting(first: colon)),
            nameStart: UInt32(offset),
            nameLength: UInt16(colon),
            valueLength: UInt16(end - start),
            valueStart: UInt32(offset + start)
        )
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == Byte.space || byte == Byte.tab
    }

    /// Takes note of the fields that say how the message is framed.
    private mutating func interpret(_ field: RequestHead.Field) throws(HTTPError) {
        let value = field.valueRange
        switch field.name {
        case .host:
            guard !head.hasHost else { throw HTTPError(.repeatedHost) }
            guard HostName.isValidAuthority(buffer.span.extracting(value)) else {
                throw HTTPError(.host)
            }
            head.hasHost = true
            if head.authority == nil { head.authority = value }
        case .contentLength:
            guard head.contentLength == nil else { throw HTTPError(.repeatedContentLength) }
            head.contentLength = try Self.length(buffer.span.extracting(value))
        case .transferEncoding:
            guard !head.isChunked else { throw HTTPError(.transferEncoding) }
            try Self.checkCoding(buffer.span.extracting(value))
            head.isChunked = true
        case .connection:
            if Self.list(buffer.span.extracting(value), contains: "close") {
                head.asksToClose = true
            }
        case .expect:
            guard buffer.span.extracting(value).isSame(as: "100-continue") else {
                throw HTTPError(.expectation)
            }
            head.expectsContinue = true
        case .contentEncoding:
            guard buffer.span.extracting(value).isSame(as: "identity") else {
                throw HTTPError(.contentEncoding)
            }
        default: break
        }
    }
}

// MARK: - Framing

extension RequestParser {
    /// 1*DIGIT; what is too large for any limit is still a number.
    static func length(_ text: Span<UInt8>) throws(HTTPError) -> Int {
        guard text.count > 0 else { throw HTTPError(.contentLength) }
        var length = 0
        for index in text.indices {
            guard Byte.isDigit(text[index]) else { throw HTTPError(.contentLength) }
            guard length < 1 << 50 else { continue }
            length = length * 10 + Int(text[index] - 0x30)
        }
        return length
    }

    /// Only `chunked`, once: anything else could be framed differently by another reader.
    private static func checkCoding(_ value: Span<UInt8>) throws(HTTPError) {
        if value.isSame(as: "chunked") { return }
        var isList = value.count > 0
        var previous = Byte.comma
        for index in value.indices where value[index] != Byte.space && value[index] != Byte.tab {
            let byte = value[index]
            if byte == Byte.comma, previous == Byte.comma { isList = false }
            if byte != Byte.comma, !ByteSet.token.contains(byte) { isList = false }
            previous = byte
        }
        let isRepeated = list(value, contains: "chunked") && !endsInOnlyChunked(value)
        guard isList, previous != Byte.comma, !isRepeated else {
            throw HTTPError(.transferEncoding)
        }
        throw HTTPError(.transferCoding)
    }

    /// Whether a list's only `chunked` is its last element.
    private static func endsInOnlyChunked(_ value: Span<UInt8>) -> Bool {
        var last = value.count
        while last > 0, value[last - 1] != Byte.comma { last -= 1 }
        guard last > 0, list(value.extracting(last..<value.count), contains: "chunked") else {
            return false
        }
        return !list(value.extracting(0..<(last - 1)), contains: "chunked")
    }

    /// Whether one element of a comma-separated list is `item`, in any case.
    static func list(_ value: Span<UInt8>, contains item: StaticString) -> Bool {
        var start = 0
        while start <= value.count {
            var end = start
            while end < value.count, value[end] != Byte.comma { end += 1 }
            let next = end + 1
            while start < end, isBlank(value[start]) { start += 1 }
            while end > start, isBlank(value[end - 1]) { end -= 1 }
            if value.extracting(start..<end).isSame(as: item) { return true }
            start = next
        }
        return false
    }

    /// What can be judged only when all fields are known, RFC 9112 section 6.3.
    private mutating func finishHead() throws(HTTPError) {
        guard head.hasHost || head.isOldVersion else { throw HTTPError(.missingHost) }
        if head.isOldVersion {
            guard !head.isChunked else { throw HTTPError(.codingInOldVersion) }
            head.expectsContinue = false
        }
        if head.isChunked, head.contentLength != nil { throw HTTPError(.lengthAndCoding) }
        let hasBody = head.isChunked || head.contentLength ?? 0 > 0
        bodyStart = position
        state = hasBody ? .headDone : .complete
    }
}
