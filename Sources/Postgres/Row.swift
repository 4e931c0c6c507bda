import CPostgres

/// One row of an answer; columns are numbered from 0 in the order of the statement.
package struct Row: Sendable {
    let result: QueryResult
    let index: Int

    /// Reads a column; `Optional` reads NULL as nil.
    ///
    /// Throws: `undecodable` for NULL, another type, or a column that is not there.
    package func value<Value: SQLDecodable>(
        _ column: Int,
        as type: Value.Type = Value.self
    ) throws(PostgresError) -> Value {
        guard column >= 0, column < result.columnCount else {
            throw PostgresError(.undecodable, "there is no column \(column)")
        }
        let column = Column(result: result, row: Int32(index), index: Int32(column))
        if !column.isNull { return try Value.decode(column) }
        guard let null = Value.null else { throw column.unexpectedNull(as: Value.self) }
        return null
    }

    /// The same in brackets: `try row[0]`.
    package subscript<Value: SQLDecodable>(_ column: Int) -> Value {
        get throws(PostgresError) { try value(column) }
    }
}

/// One column of one row, in the server's text form.
package struct Column: Sendable {
    let result: QueryResult
    let row: Int32
    let index: Int32

    var isNull: Bool { PQgetisnull(result.pointer, row, index) == 1 }

    /// The server's text of the value; it is always valid UTF-8.
    package var text: String {
        withBytes { String(decoding: $0, as: UTF8.self) }
    }

    func withBytes<Value>(_ body: (UnsafeBufferPointer<UInt8>) -> Value) -> Value {
        let count = Int(PQgetlength(result.pointer, row, index))
        guard let start = PQgetvalue(result.pointer, row, index), count > 0 else {
            return body(UnsafeBufferPointer(start: nil, count: 0))
        }
        return start.withMemoryRebound(to: UInt8.self, capacity: count) {
            body(UnsafeBufferPointer(start: $0, count: count))
        }
    }

    /// The error for a value that is no `type`; it names the column and not the value.
    package func undecodable(as type: Any.Type) -> PostgresError {
        PostgresError(.undecodable, "column \(name) is no \(type)")
    }

    func unexpectedNull(as type: Any.Type) -> PostgresError {
        PostgresError(.undecodable, "column \(name) is NULL, which is no \(type)")
    }

    private var name: String {
        let name = PQfname(result.pointer, index).map { String(cString: $0) } ?? "?"
        return "\(index) (\(name))"
    }
}
