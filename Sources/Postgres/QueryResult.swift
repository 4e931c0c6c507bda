import CPostgres

/// One statement's answer; freed with the last row that refers to it.
final class QueryResult: @unchecked Sendable {
    // @unchecked: libpq's result is never changed after it was made.
    let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) {
        self.pointer = pointer
    }

    deinit {
        PQclear(pointer)
    }

    var rowCount: Int { Int(PQntuples(pointer)) }
    var columnCount: Int { Int(PQnfields(pointer)) }

    /// Rows inserted, updated, deleted, selected; 0 for a statement that has no such count.
    var affectedRows: Int {
        PQcmdTuples(pointer).flatMap { Int(String(cString: $0)) } ?? 0
    }

    /// Decodes every row.
    func map<Output>(_ decode: (Row) throws -> Output) throws -> [Output] {
        var rows: [Output] = []
        rows.reserveCapacity(rowCount)
        for index in 0..<rowCount { rows.append(try decode(Row(result: self, index: index))) }
        return rows
    }
}
