import Observability

/// Writes fields one after another, each with its length before it.
struct FieldWriter {
    private(set) var bytes: [UInt8] = []

    mutating func append(_ text: String) {
        append(Array(text.utf8))
    }

    mutating func append(optional secret: Redacted<[UInt8]>?) {
        append(secret == nil ? "0" : "1")
        secret?.reveal { append($0) }
    }

    private mutating func append(_ field: [UInt8]) {
        let count = UInt32(field.count)
        for shift in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: count >> shift)) }
        bytes.append(contentsOf: field)
    }
}

/// Reads what a `FieldWriter` wrote.
struct FieldReader {
    /// A field that may be absent.
    struct Optional {
        let value: Redacted<[UInt8]>?
    }

    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func text() -> String? {
        field().flatMap { String(validating: $0, as: UTF8.self) }
    }

    mutating func optional() -> Optional? {
        guard let mark = text() else { return nil }
        guard mark == "1" else { return Optional(value: nil) }
        return field().map { Optional(value: Redacted($0)) }
    }

    private mutating func field() -> [UInt8]? {
        guard position + 4 <= bytes.count else { return nil }
        let length = bytes[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
        guard position + 4 + length <= bytes.count else { return nil }
        defer { position += 4 + length }
        return Array(bytes[position + 4..<position + 4 + length])
    }
}
