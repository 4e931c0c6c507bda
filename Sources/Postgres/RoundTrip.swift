import CPostgres

/// What became of one pipeline: which answers came, in order, and what ended it early.
struct RoundTrip {
    enum Expectation {
        case preparation(of: StaticString)
        case answer
    }

    private var expectations: [Expectation] = []
    private var position = 0
    private var failedAt = 0
    private(set) var answers: [QueryResult] = []
    /// The first error; the answers of the commands before it are there.
    private(set) var failure: PostgresError?
    private(set) var isComplete = false
    /// Whether the server may have got any of it.
    var isSent = false
    /// Whether the server answered anything but that it is going away.
    private(set) var isAnswered = false

    /// Whether a `COMMIT` at the end may have been executed: the server did not say that it goes
    /// away before it came to it.
    var mayHaveCommitted: Bool {
        failure?.sqlState == nil || failedAt >= expectations.count - 1
    }

    init(commandCount: Int) {
        answers.reserveCapacity(commandCount)
        expectations.reserveCapacity(commandCount + 1)
    }

    /// The most results that libpq can still have, with the empty ones between them.
    var mostResults: Int { 2 * expectations.count + 2 }

    mutating func expect(_ expectation: Expectation) {
        expectations.append(expectation)
    }

    mutating func fail(_ error: PostgresError) {
        // What the server said explains more than that the connection then broke off.
        if failure == nil || error.kind == .timeout || error.kind == .cancelled { failure = error }
    }

    /// Takes the next answer; gives the statement that is prepared now.
    mutating func take(_ pointer: OpaquePointer) -> StaticString? {
        let status = PQresultStatus(pointer)
        switch status {
        case PGRES_PIPELINE_SYNC:
            PQclear(pointer)
            isComplete = true
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY:
            isAnswered = true
            return takeSuccess(pointer)
        case PGRES_PIPELINE_ABORTED:
            PQclear(pointer)
            position += 1
        default:
            let error = PostgresError(result: pointer)
            PQclear(pointer)
            if error.kind != .connectionLost { isAnswered = true }
            if failure == nil {
                failure = error
                failedAt = position
            }
            position += 1
        }
        return nil
    }

    private mutating func takeSuccess(_ pointer: OpaquePointer) -> StaticString? {
        guard position < expectations.count else {
            PQclear(pointer)
            fail(PostgresError(.protocolViolation, "more answers than statements"))
            return nil
        }
        defer { position += 1 }
        switch expectations[position] {
        case .preparation(let sql):
            PQclear(pointer)
            return sql
        case .answer:
            answers.append(QueryResult(pointer))
            return nil
        }
    }
}
