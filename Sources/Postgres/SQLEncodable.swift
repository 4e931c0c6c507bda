package import Observability

/// A value that a statement can be given as `$1`, `$2`, ….
///
/// The server infers the parameter's type from the statement; write a cast (`$1::uuid`) where it
/// cannot.
package protocol SQLEncodable: Sendable {
    /// Adds exactly one value to `binds`.
    func encode(into binds: inout BindWriter) throws(PostgresError)
}

extension SQLEncodable where Self: RawRepresentable, RawValue: SQLEncodable {
    package func encode(into binds: inout BindWriter) throws(PostgresError) {
        try rawValue.encode(into: &binds)
    }
}

extension String: SQLEncodable {
    package func encode(into binds: inout BindWriter) throws(PostgresError) {
        try binds.text(self)
    }
}

extension Int: SQLEncodable {
    package func encode(into binds: inout BindWriter) throws(PostgresError) {
        try binds.text(String(self))
    }
}

extension Int64: SQLEncodable {
    package func encode(into binds: inout BindWriter) throws(PostgresError) {
        try binds.text(String(self))
    }
}

extension Int32: SQLEncodable {
    package func encode(into binds: inout BindWriter) throws(PostgresError) {
        try binds.text(String(self))
    }
}

extension Bool: SQLEncodable {
    package func encode(into binds: inout BindWriter) throws(PostgresError) {
        try binds.text(self ? "t" : "f")
    }
}

extension Double: SQLEncodable {
    package func encode(into binds: inout BindWriter) throws(PostgresError) {
        // Swift writes the shortest text that reads back as the same number; so does the server.
        let text =
            isNaN ? "NaN" : isInfinite ? (self < 0 ? "-Infinity" : "Infinity") : description
        try binds.text(text)
    }
}

extension UUID: SQLEncodable {
    package func encode(into binds: inout BindWriter) throws(PostgresError) {
        try binds.text(description)
    }
}

extension Timestamp: SQLEncodable {
    package func encode(into binds: inout BindWriter) throws(PostgresError) {
        guard (1...9999).contains(civil.year) else {
            throw PostgresError(.invalidValue, "a time outside of the years 1 to 9999")
        }
        try binds.text(description)
    }
}

extension Optional: SQLEncodable where Wrapped: SQLEncodable {
    package func encode(into binds: inout BindWriter) throws(PostgresError) {
        switch self {
        case .some(let value): try value.encode(into: &binds)
        case .none: binds.null()
        }
    }
}

extension Redacted: SQLEncodable where Value: SQLEncodable {
    package func encode(into binds: inout BindWriter) throws(PostgresError) {
        try reveal { (value: Value) throws(PostgresError) in try value.encode(into: &binds) }
    }
}
