import CPostgres
import Glibc
import Sockets

/// One connection to the server, in pipeline mode, on the thread of its loop.
final class Connection: @unchecked Sendable {
    // @unchecked: confined to the loop's thread.
    private let session: ServerSession
    private let loop: EventLoop
    private let readiness: Readiness
    private var statements = StatementCache()
    private var binds = BindWriter()
    private var operation: UInt64 = 0
    private var isInterrupted = false
    private(set) var isBroken = false
    /// Whether what it prepared no longer fits the schema.
    private var isOutdated = false
    let openedAt: Deadline
    var idleSince: Deadline
    /// How many times something was sent and its answer awaited.
    private(set) var roundTrips = 0

    private var handle: OpaquePointer { session.handle }

    /// Takes over a session; on the loop's thread.
    init(_ session: ServerSession, loop: EventLoop) throws(PostgresError) {
        guard PQsetnonblocking(session.handle, 1) == 0, PQenterPipelineMode(session.handle) == 1
        else {
            throw PostgresError(.protocolViolation, "libpq refuses pipeline mode")
        }
        do {
            readiness = try Readiness(
                descriptor: PQsocket(session.handle),
                loop: loop,
                trigger: .level
            )
        } catch {
            throw PostgresError(.outOfResources, error.operatorText)
        }
        self.session = session
        self.loop = loop
        openedAt = .now
        idleSince = .now
    }

    /// Whether the server has ended the idle connection, or said something unasked.
    var isStale: Bool {
        var byte: UInt8 = 0
        let count = recv(PQsocket(handle), &byte, 1, Self.peek)
        return !(count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
    }

    private static let peek = Int32(MSG_PEEK | MSG_DONTWAIT)

    /// Whether the next transaction may use it: nothing is open and nothing is under way.
    var isClean: Bool {
        !isBroken && !isOutdated && PQtransactionStatus(handle) == PQTRANS_IDLE
    }

    var preparedStatements: Int { statements.count }

    /// Closes the connection, with work under way cancelled at the server.
    func close() {
        readiness.stop()
        let isUnderWay = !isBroken && PQtransactionStatus(handle) != PQTRANS_IDLE
        if isInterrupted || isUnderWay { session.cancelAndClose() } else { session.close() }
        isBroken = true
    }

    /// Sends the commands as one pipeline and collects their answers.
    ///
    /// An error of the server ends the pipeline there: the outcome has the answers before it. A
    /// lost connection, the deadline and cancellation (unless shielded) break the connection.
    func roundTrip(
        _ commands: [Command],
        until deadline: Deadline,
        shielded: Bool = false
    ) async -> RoundTrip {
        operation &+= 1
        let current = operation
        var trip = RoundTrip(commandCount: commands.count)
        do throws(PostgresError) {
            try send(commands, &trip)
            roundTrips += 1
            if shielded {
                try await exchange(&trip, until: deadline)
            } else {
                try await interruptible(current, &trip, until: deadline)
            }
        } catch {
            trip.fail(error)
        }
        // A cancellation that comes from now on is not for the next operation.
        operation &+= 1
        if let failure = trip.failure {
            statements.removeUnconfirmed()
            if failure.meansStaleStatement { isOutdated = true }
        }
        return trip
    }

    private func interruptible(
        _ current: UInt64,
        _ trip: inout RoundTrip,
        until deadline: Deadline
    ) async throws(PostgresError) {
        let result: Result<Void, PostgresError> = await withTaskCancellationHandler {
            do throws(PostgresError) {
                return .success(try await exchange(&trip, until: deadline))
            } catch {
                return .failure(error)
            }
        } onCancel: {
            loop.submit { self.interrupt(current) }
        }
        try result.get()
    }

    /// Ends the waits of one operation; later operations are not touched.
    private func interrupt(_ interrupted: UInt64) {
        guard interrupted == operation, !isBroken else { return }
        isInterrupted = true
        readiness.stop()
    }

    // MARK: Sending

    private func send(_ commands: [Command], _ trip: inout RoundTrip) throws(PostgresError) {
        binds.removeAll()
        var counts: [Int] = []
        counts.reserveCapacity(commands.count)
        for command in commands {
            let before = binds.values.count
            for value in command.binds { try value.encode(into: &binds) }
            counts.append(binds.values.count - before)
        }
        var first = 0
        for (command, count) in zip(commands, counts) {
            try send(command, values: first..<first + count, &trip)
            first += count
        }
        trip.isSent = true
        guard PQpipelineSync(handle) == 1 else { throw breakOff() }
    }

    private func send(
        _ command: Command,
        values: Range<Int>,
        _ trip: inout RoundTrip
    ) throws(PostgresError) {
        let isSent: Bool
        switch statements.preparation(of: command.sql) {
        case .prepared(let name):
            isSent = execute(name, values)
        case .new(let name):
            isSent = prepare(name, command.sql) && execute(name, values)
            trip.expect(.preparation(of: command.sql))
        case .unprepared:
            isSent = executeUnprepared(command.sql, values)
        }
        trip.expect(.answer)
        guard isSent else { throw breakOff() }
    }

    @inline(never)
    private func prepare(_ name: [CChar], _ sql: StaticString) -> Bool {
        sql.withUTF8Buffer { text in
            text.withMemoryRebound(to: CChar.self) { text in
                PQsendPrepare(handle, name, text.baseAddress, 0, nil) == 1
            }
        }
    }

    @inline(never)
    private func execute(_ name: [CChar], _ range: Range<Int>) -> Bool {
        binds.withPointers(range) { pointers, lengths, formats in
            PQsendQueryPrepared(
                handle,
                name,
                Int32(range.count),
                pointers,
                lengths,
                formats,
                0
            ) == 1
        }
    }

    @inline(never)
    private func executeUnprepared(_ sql: StaticString, _ range: Range<Int>) -> Bool {
        sql.withUTF8Buffer { text in
            text.withMemoryRebound(to: CChar.self) { text in
                binds.withPointers(range) { pointers, lengths, formats in
                    PQsendQueryParams(
                        handle,
                        text.baseAddress,
                        Int32(range.count),
                        nil,
                        pointers,
                        lengths,
                        formats,
                        0
                    ) == 1
                }
            }
        }
    }

    // MARK: Receiving

    private func exchange(
        _ trip: inout RoundTrip,
        until deadline: Deadline
    ) async throws(PostgresError) {
        guard try await flush(until: deadline) else { return try takeLastWords(&trip) }
        var emptyAnswers = 0
        while !trip.isComplete {
            if PQisBusy(handle) != 0 {
                try await wait(for: .read, until: deadline)
                if PQconsumeInput(handle) == 0 { return try takeLastWords(&trip) }
                continue
            }
            guard let pointer = PQgetResult(handle) else {
                // One ends each answer; more mean that no more answers come.
                emptyAnswers += 1
                if emptyAnswers > 1 { throw breakOff() }
                continue
            }
            emptyAnswers = 0
            take(pointer, &trip)
        }
    }

    private func take(_ pointer: OpaquePointer, _ trip: inout RoundTrip) {
        if let prepared = trip.take(pointer) { statements.confirm(prepared) }
    }

    /// Reads what the server said before the connection ended: perhaps all of it.
    private func takeLastWords(_ trip: inout RoundTrip) throws(PostgresError) {
        for _ in 0..<trip.mostResults
        where !trip.isComplete && PQstatus(handle) == CONNECTION_BAD {
            if let pointer = PQgetResult(handle) { take(pointer, &trip) }
        }
        let error = breakOff()
        if !trip.isComplete { throw error }
    }

    /// Sends what is to be sent; false when the connection ended.
    private func flush(until deadline: Deadline) async throws(PostgresError) -> Bool {
        while true {
            let rest = PQflush(handle)
            if rest <= 0 { return rest == 0 }
            // The server may wait for us to read before it reads on: look now and then.
            let turn = Deadline.after(Self.writeTurn)
            let wake = await readiness.wait(for: .write, until: min(turn, deadline))
            if wake == .cancelled { throw abandon(.cancelled, "the task was cancelled") }
            if deadline.hasPassed { throw abandon(.timeout, "the server does not read") }
            if PQconsumeInput(handle) == 0 { return false }
        }
    }

    private static let writeTurn: Duration = .milliseconds(20)

    private func wait(
        for direction: Readiness.Direction,
        until deadline: Deadline
    ) async throws(PostgresError) {
        switch await readiness.wait(for: direction, until: deadline) {
        case .ready: return
        case .timedOut: throw abandon(.timeout, "no answer from the server in time")
        case .cancelled: throw abandon(.cancelled, "the task was cancelled")
        }
    }

    /// The connection is gone.
    private func breakOff() -> PostgresError {
        isBroken = true
        readiness.stop()
        let message = String(cString: PQerrorMessage(handle))
        let reason = PostgresError(connecting: message)
        return PostgresError(.connectionLost, reason.operatorText)
    }

    /// The connection may be fine, but nobody waits for the rest of its answers.
    private func abandon(_ kind: PostgresError.Kind, _ reason: String) -> PostgresError {
        isBroken = true
        isInterrupted = true
        readiness.stop()
        return PostgresError(kind, reason)
    }
}
