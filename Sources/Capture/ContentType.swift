/// A Content-Type field, or another of the same shape (RFC 2045 section 5.1).
struct ContentType {
    /// Type and subtype in lower case: `text/plain`.
    let name: String
    /// The parameters by their names in lower case; of two equal names the first counts.
    private let parameters: [String: [UInt8]]

    static let plainText = ContentType(Array("text/plain".utf8))
    static let message = ContentType(Array("message/rfc822".utf8))
    private static let mostParameters = 50

    init(_ value: [UInt8]) {
        var rest = value[...]
        name = Self.token(&rest, endingIn: ";")
        var parameters: [String: [UInt8]] = [:]
        while !rest.isEmpty, parameters.count < Self.mostParameters {
            rest = rest.dropFirst()
            let key = Self.token(&rest, endingIn: "=;")
            guard rest.first == UInt8(ascii: "=") else { continue }
            rest = rest.dropFirst()
            let value = Self.parameterValue(&rest)
            if parameters[key] == nil { parameters[key] = value }
        }
        self.parameters = parameters
    }

    /// In lower case; `us-ascii` unless said otherwise.
    var charset: String {
        guard let value = parameters["charset"] else { return "us-ascii" }
        return String(decoding: value.map(\.lowercased), as: UTF8.self)
    }

    /// The boundary of a multipart; nil for everything else, and for one that cannot be one.
    var boundary: [UInt8]? {
        guard name.utf8.starts(with: "multipart/".utf8), let boundary = parameters["boundary"],
            (1...200).contains(boundary.count)
        else { return nil }
        return boundary
    }

    /// Takes bytes up to one of `ends`, in lower case and without the blanks around.
    private static func token(_ rest: inout ArraySlice<UInt8>, endingIn ends: String) -> String {
        let word = rest.prefix { !ends.utf8.contains($0) }
        rest = rest[word.endIndex...]
        let trimmed = word.split(whereSeparator: \.isBlank).first ?? []
        return String(decoding: trimmed.map(\.lowercased), as: UTF8.self)
    }

    /// Takes a token or a quoted string, and what stands before the next `;`.
    private static func parameterValue(_ rest: inout ArraySlice<UInt8>) -> [UInt8] {
        rest = rest.drop(while: \.isBlank)
        defer { rest = rest.drop { $0 != UInt8(ascii: ";") } }
        guard rest.first == UInt8(ascii: "\"") else {
            let word = rest.prefix { $0 != UInt8(ascii: ";") && !$0.isBlank }
            rest = rest[word.endIndex...]
            return Array(word)
        }
        rest = rest.dropFirst()
        var value: [UInt8] = []
        while let byte = rest.popFirst(), byte != UInt8(ascii: "\"") {
            if byte == UInt8(ascii: "\\"), let escaped = rest.popFirst() {
                value.append(escaped)
            } else {
                value.append(byte)
            }
        }
        return value
    }
}
