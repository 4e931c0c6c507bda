/// The name of a key, which stands in the open beside what the key sealed: `[a-z0-9-]{1,32}`.
package struct KeyID: Hashable, Sendable, CustomStringConvertible {
    /// Characters that a name may have.
    package static let lengths = 1...32

    package let text: String

    /// Throws `invalidKeyID` for any other text.
    package init(_ text: String) throws {
        try self.init(bytes: text.utf8)
    }

    init(bytes: some Collection<UInt8>) throws {
        guard Self.lengths.contains(bytes.count), bytes.allSatisfy(Self.isPermitted) else {
            throw CryptographyError(.invalidKeyID)
        }
        text = String(decoding: bytes, as: UTF8.self)
    }

    package var description: String { text }

    private static func isPermitted(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: byte == UInt8(ascii: "-")
        }
    }
}
