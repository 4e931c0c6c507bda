import CPostgres
package import Observability

/// A connection for command-line work: each call blocks its thread until the answer is there.
package final class BlockingConnection {
    private let session: ServerSession

    /// Connects; statements have no time limit.
    package init(_ connectionString: Redacted<String>) throws(PostgresError) {
        session = try ServerSession.open(
            PostgresConfiguration(
                connectionString: connectionString,
                applicationName: "sendproof",
                statementTimeout: .zero
            )
        )
    }

    deinit {
        session.close()
    }

    /// Runs one statement with text values and gives the columns of its rows; NULL is nil.
    @discardableResult
    package func query(
        _ sql: StaticString,
        _ values: [String] = []
    ) throws(PostgresError) -> [[String?]] {
        let result = try session.execute(sql, values)
        var rows: [[String?]] = []
        for index in 0..<result.rowCount {
            let row = Row(result: result, index: index)
            var columns: [String?] = []
            for column in 0..<result.columnCount { columns.append(try row.value(column)) }
            rows.append(columns)
        }
        return rows
    }

    /// Runs a script of any statements: text that comes from the migrations' files, never from
    /// somebody's input.
    package func runScript(_ sql: String) throws(PostgresError) {
        _ = try session.check(PQexec(session.handle, sql))
    }

    /// Whether a transaction was begun and still stands.
    var isInTransaction: Bool { PQtransactionStatus(session.handle) == PQTRANS_INTRANS }
}
