package import Observability

/// Writes fields one after another, each with its length before it.
package struct FieldWriter {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    package mutating func append(_ text: String) {
        append(bytes: Array(text.utf8))
    }

    package mutating func append(optional secret: Redacted<[UInt8]>?) {
        append(secret == nil ? "0" : "1")
        secret?.reveal { append(bytes: $0) }
    }

    package mutating func append(bytes field: [UInt8]) {
        let count = UInt32(field.count)
        for shift in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: count >> shift)) }
        bytes.append(contentsOf: field)
    }
}

/// Reads what a `FieldWriter` wrote.
package struct FieldReader {
    /// A field that may be absent.
    package struct Optional {
        package let value: Redacted<[UInt8]>?
    }

    private let all: [UInt8]
    private var position = 0

    package init(_ bytes: [UInt8]) {
        all = bytes
    }

    package mutating func text() -> String? {
        bytes().flatMap { String(validating: $0, as: UTF8.self) }
    }

    package mutating func optional() -> Optional? {
        guard let mark = text() else { return nil }
        guard mark == "1" else { return Optional(value: nil) }
        return bytes().map { Optional(value: Redacted($0)) }
    }

    package mutating func bytes() -> [UInt8]? {
        guard position + 4 <= all.count else { return nil }
        let length = all[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
        guard position + 4 + length <= all.count else { return nil }
        defer { position += 4 + length }
        return Array(all[position + 4..<position + 4 + length])
    }
}
