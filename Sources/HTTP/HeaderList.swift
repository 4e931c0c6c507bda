/// The header fields of a response, kept as the bytes that go on the wire.
///
/// Names and values are checked as they come in, so no field can break out of its line. Framing
/// fields (Content-Length, Transfer-Encoding, Connection, Date) are the server's own.
package struct HeaderList: Sendable, Equatable {
    private(set) var bytes: [UInt8] = []

    package init() {}

    /// A list of literal fields.
    package init(_ fields: KeyValuePairs<HeaderName, HeaderValue>) {
        for (name, value) in fields { append(name, value) }
    }

    /// Adds a field after the others.
    package mutating func append(_ name: HeaderName, _ value: HeaderValue) {
        bytes.append(contentsOf: name.text.utf8)
        bytes.append(Byte.colon)
        bytes.append(Byte.space)
        bytes.append(contentsOf: value.text.utf8)
        bytes.append(Byte.carriageReturn)
        bytes.append(Byte.lineFeed)
    }

    /// Adds the fields of another list.
    package mutating func append(_ list: HeaderList) {
        if bytes.isEmpty { bytes = list.bytes } else { bytes.append(contentsOf: list.bytes) }
    }

    /// The values of `name` in order; for tests and for deciding, not for every response.
    package func values(_ name: HeaderName) -> [String] {
        let prefix = (name.text + ": ").utf8.map(Byte.lowercase)
        return bytes.split(separator: Byte.lineFeed).compactMap { line in
            guard line.prefix(prefix.count).map(Byte.lowercase) == prefix else { return nil }
            return String(decoding: line.dropFirst(prefix.count).dropLast(), as: UTF8.self)
        }
    }
}

/// The name of a response header field.
package struct HeaderName: Sendable, Hashable, ExpressibleByStringLiteral {
    let text: String

    /// A literal token; the server's own fields may not be set.
    package init(stringLiteral text: StaticString) {
        let text = text.description
        precondition(Self.isAllowed(text), "header name")
        self.text = text
    }

    private static func isAllowed(_ text: String) -> Bool {
        let own = ["content-length", "transfer-encoding", "connection", "date"]
        return !text.utf8.isEmpty && ByteSet.token.containsAll(text.utf8)
            && !own.contains(text.lowercased())
    }
}

/// The value of a response header field: one line of visible characters, spaces and tabs.
package struct HeaderValue: Sendable, Hashable, ExpressibleByStringLiteral {
    let text: String

    package init(stringLiteral text: StaticString) {
        self.text = text.description
        precondition(Self.isAllowed(self.text), "header value")
    }

    /// Nil when `text` has a control character: line ends and NUL above all.
    package init?(_ text: String) {
        guard Self.isAllowed(text) else { return nil }
        self.text = text
    }

    package init(_ number: Int) {
        text = String(number)
    }

    /// An address for Location: what may not stand in one is percent-encoded.
    package init(address: String) {
        text = PercentCoding.encode(address, keeping: .address)
    }

    private static func isAllowed(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 >= 128 || ByteSet.text.contains($0) }
    }
}
