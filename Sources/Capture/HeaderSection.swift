/// The fields on top of a message or a part, and the body below (RFC 5322 section 2.1).
struct HeaderSection {
    struct Field: Equatable {
        let name: String
        /// Unfolded, without blanks around it, not decoded.
        let value: [UInt8]
    }

    private(set) var fields: [Field] = []
    let body: ArraySlice<UInt8>

    /// Fields and bytes of fields that are read; what is beyond counts as body.
    static let mostFields = 1000
    static let mostBytes = 262_144

    /// Splits at the first empty line, or before the first line that is no field.
    init(_ message: ArraySlice<UInt8>) {
        var rest = message
        var open: (name: String, value: [UInt8])?
        var fields: [Field] = []
        while let line = LineCut(rest) {
            if line.text.isEmpty {
                rest = line.rest
                break
            }
            if line.text.first?.isBlank == true, open != nil {
                open?.value += line.text
            } else if let (name, value) = Self.field(line.text) {
                if let open { fields.append(Field(open)) }
                open = (name, Array(value))
            } else {
                break
            }
            rest = line.rest
            let used = rest.startIndex - message.startIndex
            guard fields.count + 1 < Self.mostFields, used < Self.mostBytes else { break }
        }
        if let open { fields.append(Field(open)) }
        self.fields = fields
        body = rest
    }

    /// The value of the first field of this name, which is in lower case.
    func value(_ name: String) -> [UInt8]? {
        fields.first { $0.name.utf8.map(\.lowercased).elementsEqual(name.utf8) }?.value
    }

    private static func field(
        _ line: ArraySlice<UInt8>
    ) -> (name: String, value: ArraySlice<UInt8>)? {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        var name = line[..<colon]
        // Obsolete syntax: blanks before the colon (RFC 5322 section 4.5).
        while name.last?.isBlank == true { name.removeLast() }
        guard !name.isEmpty, name.count <= 200, name.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return nil }
        return (String(decoding: name, as: UTF8.self), line[(colon + 1)...])
    }
}

extension HeaderSection.Field {
    fileprivate init(_ open: (name: String, value: [UInt8])) {
        name = open.name
        var value = open.value.drop(while: \.isBlank)
        while value.last?.isBlank == true { value.removeLast() }
        self.value = Array(value)
    }
}

/// One line, ended by CRLF, LF or the end of the bytes, cut off from the rest.
struct LineCut {
    let text: ArraySlice<UInt8>
    let rest: ArraySlice<UInt8>

    /// Nil when nothing is left.
    init?(_ bytes: ArraySlice<UInt8>) {
        guard !bytes.isEmpty else { return nil }
        let end = bytes.firstIndex(of: .lineFeed) ?? bytes.endIndex
        rest = bytes[min(end + 1, bytes.endIndex)...]
        let line = bytes[..<end]
        text = end < bytes.endIndex && line.last == .carriageReturn ? line.dropLast() : line
    }
}
