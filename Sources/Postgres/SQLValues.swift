/// One column of many rows as one value of a statement, for `unnest`: a one-dimensional array that
/// may have NULLs, in the server's binary form.
///
/// The server compares its type with that of the parameter, so write the cast (`$1::uuid[]`).
package struct SQLValues: SQLEncodable {
    private let bytes: [UInt8]

    package func encode(into binds: inout BindWriter) throws(PostgresError) {
        binds.binary(bytes)
    }

    /// `uuid[]`.
    package static func uuids(_ values: some Sequence<UUID?>) -> SQLValues {
        make(2950, values) { $0 += $1.bytes }
    }

    /// `boolean[]`.
    package static func booleans(_ values: some Sequence<Bool?>) -> SQLValues {
        make(16, values) { $0.append($1 ? 1 : 0) }
    }

    /// `bigint[]`.
    package static func integers(_ values: some Sequence<Int?>) -> SQLValues {
        make(20, values) { append(UInt64(bitPattern: Int64($1)), to: &$0) }
    }

    /// `text[]`; the server refuses NUL bytes and what is not UTF-8.
    package static func texts(_ values: some Sequence<String?>) -> SQLValues {
        make(25, values) { $0 += $1.utf8 }
    }

    /// `json[]`.
    package static func json(_ values: some Sequence<UTF8Text?>) -> SQLValues {
        make(114, values) { $0 += $1.bytes }
    }

    /// A row's `text[]` as text, to be cast: arrays of arrays have no rows.
    package static func text(of array: [String]) -> String {
        ArrayText.write(array)
    }

    /// The head (dimensions, whether there are NULLs, the element's type, length, first index),
    /// then each element behind its length.
    private static func make<Value>(
        _ type: UInt32,
        _ values: some Sequence<Value?>,
        _ write: (inout [UInt8], Value) -> Void
    ) -> SQLValues {
        var count: UInt32 = 0
        var hasNull = false
        var elements: [UInt8] = []
        for value in values {
            count += 1
            let start = elements.count
            append(UInt32.max, to: &elements)
            guard let value else {
                hasNull = true
                continue
            }
            write(&elements, value)
            let length = UInt32(truncatingIfNeeded: elements.count - start - 4)
            for place in 0..<4 {
                let byte = length >> UInt32(24 - 8 * place)
                elements[start + place] = UInt8(truncatingIfNeeded: byte)
            }
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(elements.count + 20)
        append(UInt32(count == 0 ? 0 : 1), to: &bytes)
        append(UInt32(hasNull ? 1 : 0), to: &bytes)
        append(type, to: &bytes)
        if count > 0 {
            append(count, to: &bytes)
            append(UInt32(1), to: &bytes)
        }
        return SQLValues(bytes: bytes + elements)
    }

    private static func append(_ number: some FixedWidthInteger, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: number.bigEndian) { bytes += $0 }
    }
}
