/// What a sealed value is bound to: without exactly the same fields it cannot be opened.
///
/// Every field carries its type and its length, so that no two lists of fields have the same bytes:
/// ("ab", "c") is not ("a", "bc"), and a missing field is not an empty one.
package struct AdditionalData: Equatable, Sendable {
    package enum Field: Equatable, Sendable {
        case absent
        case text(String)
        case bytes([UInt8])
        case integer(Int64)
        case flag(Bool)
    }

    /// The unambiguous encoding, which goes into the authentication.
    package private(set) var bytes: [UInt8] = []

    /// Begins with what the value is for and which version of the list it is: `secret/1`.
    package init(purpose: String, _ fields: [Field] = []) {
        append(.text(purpose))
        for field in fields { append(field) }
    }

    /// The same binding with one more field at its end.
    package func appending(_ field: Field) -> AdditionalData {
        var longer = self
        longer.append(field)
        return longer
    }

    private mutating func append(_ field: Field) {
        switch field {
        case .absent: append(0, [])
        case .text(let text): append(1, Array(text.utf8))
        case .bytes(let bytes): append(2, bytes)
        case .integer(let number): append(3, Self.bigEndian(UInt64(bitPattern: number)))
        case .flag(let flag): append(4, [flag ? 1 : 0])
        }
    }

    private mutating func append(_ type: UInt8, _ content: [UInt8]) {
        bytes.append(type)
        bytes += Self.bigEndian(UInt64(content.count))
        bytes += content
    }

    private static func bigEndian(_ number: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * $0)) }
    }
}
