/// Takes a `multipart/form-data` body apart (RFC 2046, section 5.1.1; RFC 7578).
struct MultipartReader {
    struct Part {
        let name: String
        /// Nil for a field that is no file.
        let fileName: String?
        let content: ArraySlice<UInt8>
    }

    private let body: [UInt8]
    /// CR LF, two hyphens, the boundary.
    private let delimiter: [UInt8]
    private var position = 0
    private var isAtEnd = false

    init(_ body: [UInt8], boundary: [UInt8]) {
        self.body = body
        delimiter = [Byte.carriageReturn, Byte.lineFeed, Byte.hyphen, Byte.hyphen] + boundary
    }

    /// Reads the first delimiter, which has no line end before it.
    mutating func begin() throws(HTTPError) {
        guard body.starts(with: delimiter.dropFirst(2)) else { throw HTTPError(.multipart) }
        position = delimiter.count - 2
        try endDelimiter()
    }

    /// The next part; nil after the last.
    mutating func next() throws(HTTPError) -> Part? {
        guard !isAtEnd else { return nil }
        let (name, fileName) = try readHead()
        let start = position
        guard let end = delimiterIndex(from: start) else { throw HTTPError(.multipart) }
        position = end + delimiter.count
        try endDelimiter()
        return Part(name: name, fileName: fileName, content: body[start..<end])
    }

    /// What follows a delimiter: a line end, or the closing hyphens and the end of the body.
    private mutating func endDelimiter() throws(HTTPError) {
        if hasNext("\r\n") {
            position += 2
            return
        }
        guard hasNext("--") else { throw HTTPError(.multipart) }
        position += 2
        if hasNext("\r\n") { position += 2 }
        guard position == body.count else { throw HTTPError(.multipart) }
        isAtEnd = true
    }

    private func hasNext(_ text: StaticString) -> Bool {
        body[position...].starts(with: "\(text)".utf8)
    }

    /// The boundary has no CR, so that no byte is compared more than twice.
    private func delimiterIndex(from start: Int) -> Int? {
        var index = start
        while index + delimiter.count <= body.count {
            if body[index] == Byte.carriageReturn, body[index...].starts(with: delimiter) {
                return index
            }
            index += 1
        }
        return nil
    }

    private mutating func readHead() throws(HTTPError) -> (String, String?) {
        var disposition: (String, String?)?
        let start = position
        while !hasNext("\r\n") {
            let line = try readLine(limit: start + MultipartForm.headLimit)
            guard let colon = line.firstIndex(of: Byte.colon) else { throw HTTPError(.multipart) }
            let name = line[..<colon]
            guard !name.isEmpty, ByteSet.token.containsAll(name) else {
                throw HTTPError(.multipart)
            }
            let lower = String(decoding: name.map(Byte.lowercase), as: UTF8.self)
            switch lower {
            case "content-disposition":
                guard disposition == nil else { throw HTTPError(.multipart) }
                disposition = try MultipartDisposition.parse(line[(colon + 1)...])
            case "content-type": break
            // RFC 7578, section 4.7: nobody sends it, and none is decoded.
            default: throw HTTPError(.multipart)
            }
        }
        position += 2
        guard let disposition else { throw HTTPError(.multipart) }
        return disposition
    }

    /// A line without its end.
    private mutating func readLine(limit: Int) throws(HTTPError) -> ArraySlice<UInt8> {
        var index = position
        while index + 1 < body.count, index < limit {
            if body[index] == Byte.carriageReturn, body[index + 1] == Byte.lineFeed {
                let line = body[position..<index]
                position = index + 2
                return line
            }
            guard body[index] >= 0x20 || body[index] == Byte.tab, body[index] != 0x7F else {
                throw HTTPError(.controlByte)
            }
            index += 1
        }
        throw HTTPError(.multipart)
    }
}

/// The value of a part's Content-Disposition: `form-data; name="a"; filename="b"`.
enum MultipartDisposition {
    /// Throws: `.multipart` for anything but a name and perhaps a file name, `.notUTF8`.
    static func parse(
        _ value: ArraySlice<UInt8>
    ) throws(HTTPError) -> (name: String, fileName: String?) {
        var rest = value.drop { $0 == Byte.space }
        let type = Array("form-data".utf8)
        guard rest.prefix(type.count).map(Byte.lowercase) == type else {
            throw HTTPError(.multipart)
        }
        rest = rest.dropFirst(type.count)
        var name: String?
        var fileName: String?
        while !rest.isEmpty {
            let (key, text) = try parameter(&rest)
            switch key {
            case "name" where name == nil: name = text
            case "filename" where fileName == nil: fileName = text
            default: throw HTTPError(.multipart)
            }
        }
        guard let name, !name.isEmpty else { throw HTTPError(.multipart) }
        return (name, fileName)
    }

    /// `; key="text"`; browsers percent-encode the quote and line ends, and nothing else.
    private static func parameter(
        _ rest: inout ArraySlice<UInt8>
    ) throws(HTTPError) -> (String, String) {
        guard rest.first == Byte.semicolon else { throw HTTPError(.multipart) }
        rest = rest.dropFirst().drop { $0 == Byte.space }
        let key = rest.prefix { ByteSet.token.contains($0) }
        rest = rest.dropFirst(key.count)
        guard rest.first == Byte.equals, rest.dropFirst().first == Byte.quote else {
            throw HTTPError(.multipart)
        }
        rest = rest.dropFirst(2)
        guard let end = rest.firstIndex(of: Byte.quote) else { throw HTTPError(.multipart) }
        let decoded = unescaped(rest[..<end])
        rest = rest[(end + 1)...]
        guard !decoded.contains(0) else { throw HTTPError(.controlByte) }
        guard let text = String(validating: decoded, as: UTF8.self) else {
            throw HTTPError(.notUTF8)
        }
        return (String(decoding: key.map(Byte.lowercase), as: UTF8.self), text)
    }

    private static func unescaped(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        var rest = bytes
        while let byte = rest.first {
            let code = rest.prefix(3)
            let known: [(StaticString, UInt8)] = [("%22", 0x22), ("%0D", 0x0D), ("%0A", 0x0A)]
            if byte == Byte.percent,
                let match = known.first(where: { code.elementsEqual("\($0.0)".utf8) })
            {
                result.append(match.1)
                rest = rest.dropFirst(3)
            } else {
                result.append(byte)
                rest = rest.dropFirst()
            }
        }
        return result
    }
}

/// The boundary that a Content-Type names (RFC 2046, section 5.1.1).
enum MultipartBoundary {
    /// Nil unless there is exactly one, of 1 to 70 characters that a boundary may have.
    static func parse(_ contentType: [UInt8]) -> [UInt8]? {
        var found: [UInt8]?
        for parameter in contentType.split(separator: Byte.semicolon).dropFirst() {
            let trimmed = parameter.drop { $0 == Byte.space || $0 == Byte.tab }
            let parts = trimmed.split(
                separator: Byte.equals,
                maxSplits: 1,
                omittingEmptySubsequences: false
            )
            guard parts.count == 2 else { return nil }
            guard parts[0].map(Byte.lowercase).elementsEqual("boundary".utf8) else { continue }
            guard found == nil, let value = unquoted(Array(parts[1])) else { return nil }
            found = value
        }
        return found
    }

    private static func unquoted(_ bytes: [UInt8]) -> [UInt8]? {
        var value = bytes[...]
        while value.last == Byte.space || value.last == Byte.tab { value.removeLast() }
        if value.first == Byte.quote {
            guard value.count > 2, value.last == Byte.quote else { return nil }
            value = value.dropFirst().dropLast()
        }
        let signs = Array("'()+_,-./:=? ".utf8)
        let isValid = value.allSatisfy { byte in
            Byte.isDigit(byte) || (0x61...0x7A).contains(Byte.lowercase(byte))
                || signs.contains(byte)
        }
        guard (1...70).contains(value.count), isValid, value.last != Byte.space else { return nil }
        return Array(value)
    }
}
