package import Observability

/// A value that a column of a row can be read as.
package protocol SQLDecodable: Sendable {
    /// Reads a column that is not NULL.
    ///
    /// Throws: `undecodable` when the column holds something else.
    static func decode(_ column: Column) throws(PostgresError) -> Self

    /// What NULL is read as; nil when NULL is an error.
    static var null: Self? { get }
}

extension SQLDecodable {
    package static var null: Self? { nil }
}

extension SQLDecodable where Self: RawRepresentable, RawValue: SQLDecodable {
    package static func decode(_ column: Column) throws(PostgresError) -> Self {
        guard let value = Self(rawValue: try RawValue.decode(column)) else {
            throw column.undecodable(as: Self.self)
        }
        return value
    }
}

extension String: SQLDecodable {
    package static func decode(_ column: Column) throws(PostgresError) -> String {
        column.text
    }
}

extension SQLDecodable where Self: FixedWidthInteger {
    package static func decode(_ column: Column) throws(PostgresError) -> Self {
        guard let value = Self(column.text) else { throw column.undecodable(as: Self.self) }
        return value
    }
}

extension Int: SQLDecodable {}
extension Int64: SQLDecodable {}
extension Int32: SQLDecodable {}

extension Bool: SQLDecodable {
    package static func decode(_ column: Column) throws(PostgresError) -> Bool {
        switch column.text {
        case "t": return true
        case "f": return false
        default: throw column.undecodable(as: Bool.self)
        }
    }
}

extension Double: SQLDecodable {
    package static func decode(_ column: Column) throws(PostgresError) -> Double {
        guard let value = Double(column.text) else { throw column.undecodable(as: Double.self) }
        return value
    }
}

extension UUID: SQLDecodable {
    package static func decode(_ column: Column) throws(PostgresError) -> UUID {
        guard let value = column.withBytes({ UUID(utf8: $0) }) else {
            throw column.undecodable(as: UUID.self)
        }
        return value
    }
}

extension Timestamp: SQLDecodable {
    package static func decode(_ column: Column) throws(PostgresError) -> Timestamp {
        guard let value = column.withBytes({ TimestampText.parse($0) }) else {
            throw column.undecodable(as: Timestamp.self)
        }
        return value
    }
}

extension Optional: SQLDecodable where Wrapped: SQLDecodable {
    package static func decode(_ column: Column) throws(PostgresError) -> Wrapped? {
        .some(try Wrapped.decode(column))
    }

    package static var null: Wrapped?? { .some(.none) }
}

extension Redacted: SQLDecodable where Value: SQLDecodable {
    package static func decode(_ column: Column) throws(PostgresError) -> Redacted {
        Redacted(try Value.decode(column))
    }
}
