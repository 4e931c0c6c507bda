import CPostgres
import Observability
import Sockets

/// A connection as libpq gives it, on its way between threads: one owner at a time.
struct ServerSession: @unchecked Sendable {
    // @unchecked: handed over, never shared.
    let handle: OpaquePointer

    /// Connects and sets the session up; blocks the calling thread.
    ///
    /// Name resolution and the time limit of each of several hosts are why this is not done on a
    /// loop: libpq has both in its blocking form only.
    static func open(_ configuration: PostgresConfiguration) throws(PostgresError) -> ServerSession
    {
        try checkForm(configuration)
        guard let handle = connect(configuration) else {
            throw PostgresError(.outOfResources, "no memory for a connection")
        }
        let session = ServerSession(handle: handle)
        guard PQstatus(handle) == CONNECTION_OK else {
            defer { session.close() }
            throw PostgresError(connecting: String(cString: PQerrorMessage(handle)))
        }
        do throws(PostgresError) {
            // Notices are dropped: libpq would print them.
            PQsetNoticeReceiver(handle, { _, _ in }, nil)
            try session.configure(configuration)
        } catch {
            session.close()
            throw error
        }
        return session
    }

    /// What libpq says about a string it cannot parse quotes it, password and all: not this.
    private static func checkForm(_ configuration: PostgresConfiguration) throws(PostgresError) {
        let parsed = configuration.connectionString.reveal { PQconninfoParse($0, nil) }
        guard let options = parsed else {
            throw PostgresError(
                .misuse,
                "the connection string is neither key=value words nor a URL that can be read"
            )
        }
        PQconninfoFree(options)
    }

    func close() {
        PQfinish(handle)
    }

    /// Asks the server to stop what it does for this session, then closes it.
    ///
    /// Both may block, so a thread of its own does it.
    func cancelAndClose() {
        let isStarted = DetachedThread.start {
            if let cancel = PQgetCancel(handle) {
                // Whether the server heard it cannot change what happens next.
                _ = PQcancel(cancel, nil, 0)
                PQfreeCancel(cancel)
            }
            close()
        }
        if !isStarted { close() }
    }

    private static func connect(_ configuration: PostgresConfiguration) -> OpaquePointer? {
        let seconds = max(2, configuration.connectTimeout.components.seconds)
        return configuration.connectionString.reveal { connectionString in
            let options = [
                ("connect_timeout", String(seconds)), ("client_encoding", "UTF8"),
                // A server that vanished without a word is found out within a minute.
                ("keepalives_idle", "30"), ("keepalives_interval", "10"),
                ("keepalives_count", "3"),
                ("fallback_application_name", configuration.applicationName),
                // Expanded by libpq; what it says wins over what stands before it.
                ("dbname", connectionString),
            ]
            return withCStrings(options.map(\.0)) { keywords in
                withCStrings(options.map(\.1)) { values in
                    PQconnectdbParams(keywords.baseAddress, values.baseAddress, 1)
                }
            }
        }
    }

    /// What the rest of this module relies on, whatever the server's defaults are.
    private func configure(_ configuration: PostgresConfiguration) throws(PostgresError) {
        let milliseconds = configuration.statementTimeout.nanoseconds / 1_000_000
        try execute(
            """
            SELECT set_config('TimeZone', 'UTC', false),
                set_config('DateStyle', 'ISO, YMD', false),
                set_config('bytea_output', 'hex', false),
                set_config('extra_float_digits', '1', false),
                set_config('client_min_messages', 'error', false),
                set_config('statement_timeout', $1, false),
                set_config('idle_in_transaction_session_timeout', '60000', false)
            """,
            [String(milliseconds)]
        )
    }

    /// Runs one statement and waits for its answer; blocks the calling thread.
    @discardableResult
    func execute(
        _ sql: StaticString,
        _ values: [String] = []
    ) throws(PostgresError) -> QueryResult {
        let pointer = sql.withUTF8Buffer { text in
            withCStrings(values) { values in
                text.withMemoryRebound(to: CChar.self) { text in
                    PQexecParams(
                        handle,
                        text.baseAddress,
                        Int32(values.count - 1),
                        nil,
                        values.baseAddress,
                        nil,
                        nil,
                        0
                    )
                }
            }
        }
        return try check(pointer)
    }

    /// Takes an answer that is no error.
    func check(_ pointer: OpaquePointer?) throws(PostgresError) -> QueryResult {
        guard let pointer else {
            throw PostgresError(.connectionLost, "no answer from the server")
        }
        switch PQresultStatus(pointer) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY:
            return QueryResult(pointer)
        default:
            defer { PQclear(pointer) }
            throw PostgresError(result: pointer)
        }
    }
}

/// Calls `body` with the strings as C strings, followed by a null pointer.
private func withCStrings<Result>(
    _ strings: [String],
    _ body: (UnsafeBufferPointer<UnsafePointer<CChar>?>) -> Result
) -> Result {
    let bytes = strings.map { Array($0.utf8CString) }
    let flat = bytes.flatMap { $0 }
    return flat.withUnsafeBufferPointer { buffer in
        var pointers: [UnsafePointer<CChar>?] = []
        var offset = 0
        for string in bytes {
            pointers.append(buffer.baseAddress.map { $0 + offset })
            offset += string.count
        }
        pointers.append(nil)
        return pointers.withUnsafeBufferPointer(body)
    }
}
