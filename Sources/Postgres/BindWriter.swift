import Glibc

/// Collects the values of one round trip's statements in the form libpq sends them.
package struct BindWriter {
    struct Value {
        /// Where the bytes begin; negative for NULL.
        let offset: Int
        let count: Int
        let isBinary: Bool
    }

    private(set) var bytes: [UInt8] = []
    private(set) var values: [Value] = []

    package mutating func null() {
        values.append(Value(offset: -1, count: 0, isBinary: false))
    }

    /// Adds a value in its text form.
    ///
    /// Throws: `invalidValue` for a NUL byte, which no PostgreSQL text can hold.
    package mutating func text(_ text: String) throws(PostgresError) {
        var text = text
        let offset = bytes.count
        let hasNUL = text.withUTF8 { utf8 in
            bytes.append(contentsOf: utf8)
            return utf8.baseAddress.map { memchr($0, 0, utf8.count) != nil } ?? false
        }
        guard !hasNUL else {
            throw PostgresError(.invalidValue, "a text with a NUL byte cannot be stored")
        }
        close(from: offset, isBinary: false)
    }

    /// The same of a text whose UTF-8 bytes are there already.
    package mutating func text(_ utf8: [UInt8]) throws(PostgresError) {
        let offset = bytes.count
        bytes.append(contentsOf: utf8)
        guard !utf8.contains(0) else {
            throw PostgresError(.invalidValue, "a text with a NUL byte cannot be stored")
        }
        close(from: offset, isBinary: false)
    }

    /// Adds the bytes of a `bytea`.
    package mutating func binary(_ value: [UInt8]) {
        let offset = bytes.count
        bytes.append(contentsOf: value)
        close(from: offset, isBinary: true)
    }

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        values.removeAll(keepingCapacity: true)
    }

    /// Calls `body` with the pointers, lengths and formats that libpq takes.
    func withPointers<Result>(
        _ range: Range<Int>,
        _ body: (
            UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?
        ) -> Result
    ) -> Result {
        if range.isEmpty { return body(nil, nil, nil) }
        return bytes.withUnsafeBytes { bytes in
            let start = bytes.assumingMemoryBound(to: CChar.self).baseAddress
            return withUnsafeTemporaryAllocation(
                of: UnsafePointer<CChar>?.self,
                capacity: range.count
            ) { pointers in
                withUnsafeTemporaryAllocation(of: Int32.self, capacity: 2 * range.count) {
                    numbers in
                    for (index, value) in values[range].enumerated() {
                        pointers.initializeElement(
                            at: index,
                            to: value.offset < 0 ? nil : start.map { $0 + value.offset }
                        )
                        numbers.initializeElement(at: index, to: Int32(value.count))
                        numbers.initializeElement(
                            at: range.count + index,
                            to: value.isBinary ? 1 : 0
                        )
                    }
                    let lengths = numbers.baseAddress
                    return body(pointers.baseAddress, lengths, lengths.map { $0 + range.count })
                }
            }
        }
    }

    private mutating func close(from offset: Int, isBinary: Bool) {
        values.append(Value(offset: offset, count: bytes.count - offset, isBinary: isBinary))
        bytes.append(0)
    }
}
