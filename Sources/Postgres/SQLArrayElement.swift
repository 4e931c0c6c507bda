/// A value of which an array is one value of a statement or column.
///
/// For most that is an SQL array (`text[]`, `bigint[]`, `uuid[]`); an array of bytes is a `bytea`.
package protocol SQLArrayElement: Sendable {
    static func encode(_ array: [Self], into binds: inout BindWriter) throws(PostgresError)
    static func decodeArray(_ column: Column) throws(PostgresError) -> [Self]
}

extension Array: SQLEncodable where Element: SQLArrayElement {
    package func encode(into binds: inout BindWriter) throws(PostgresError) {
        try Element.encode(self, into: &binds)
    }
}

extension Array: SQLDecodable where Element: SQLArrayElement {
    package static func decode(_ column: Column) throws(PostgresError) -> [Element] {
        try Element.decodeArray(column)
    }
}

extension UInt8: SQLArrayElement {
    package static func encode(
        _ array: [UInt8],
        into binds: inout BindWriter
    ) throws(PostgresError) {
        binds.binary(array)
    }

    package static func decodeArray(_ column: Column) throws(PostgresError) -> [UInt8] {
        guard let bytes = column.withBytes({ ByteaText.parse($0) }) else {
            throw column.undecodable(as: [UInt8].self)
        }
        return bytes
    }
}

/// An element that is written as quoted text between braces.
package protocol SQLTextArrayElement: SQLArrayElement, LosslessStringConvertible {}

extension SQLTextArrayElement {
    package static func encode(
        _ array: [Self],
        into binds: inout BindWriter
    ) throws(PostgresError) {
        try binds.text(ArrayText.write(array.map(\.description)))
    }

    package static func decodeArray(_ column: Column) throws(PostgresError) -> [Self] {
        guard let texts = column.withBytes({ ArrayText.parse($0) }) else {
            throw column.undecodable(as: [Self].self)
        }
        var array: [Self] = []
        array.reserveCapacity(texts.count)
        for text in texts {
            guard let element = Self(text) else { throw column.undecodable(as: [Self].self) }
            array.append(element)
        }
        return array
    }
}

extension String: SQLTextArrayElement {}
extension Int: SQLTextArrayElement {}
extension Int64: SQLTextArrayElement {}
extension Int32: SQLTextArrayElement {}
extension UUID: SQLTextArrayElement {}
