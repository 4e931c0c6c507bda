import Mail
import MicrosoftGraph
import EmailSettings
import Accounts
import Jobs
import Logging
import Postgres
import SMTP
import Sockets
import Synchronization

/// One worker's attempt at one test: the conversation, and beside it the lease and the steps.
final class TestAttempt: Sendable {
    /// Why a conversation is broken off.
    enum Interruption: Sendable, Equatable {
        case cancelRequested, leaseLost, shutdown
    }

    private let order: TestOrder
    private let claim: JobClaim
    private let store: AttemptStore
    private let recorder: TestRecorder
    private let bell: TestBell
    private let engine: Engine
    private let graph: GraphEngine
    private let tokens: AccessTokens
    private let sources: CredentialSources?
    private let loop: EventLoop
    private let timeLimit: Duration
    private let traceLog: TraceLog?
    private let logger: Logger
    private let writer: StepWriter
    private let state = Mutex(State())
    private let credentialsMilliseconds: Int

    private struct State {
        var reason: Interruption?
        var conversation: Task<Trace, any Error>?
    }

    /// How often a running test looks whether it is to be cancelled.
    private static let pulse: Duration = .milliseconds(500)
    /// How long the database may be away before a result is left to the rescuer.
    private static let recordingLimit: Duration = .seconds(60)

    init(
        _ order: TestOrder,
        _ claim: JobClaim,
        store: AttemptStore,
        recorder: TestRecorder,
        bell: TestBell,
        engine: Engine,
        graph: GraphEngine,
        tokens: AccessTokens,
        sources: CredentialSources?,
        on loop: EventLoop,
        timeLimit: Duration,
        credentialsMilliseconds: Int,
        traceLog: TraceLog?,
        logger: Logger
    ) {
        self.order = order
        self.claim = claim
        self.store = store
        self.recorder = recorder
        self.bell = bell
        self.engine = engine
        self.graph = graph
        self.tokens = tokens
        self.sources = sources
        self.loop = loop
        self.timeLimit = timeLimit
        self.credentialsMilliseconds = credentialsMilliseconds
        self.traceLog = traceLog
        self.logger = logger
        writer = StepWriter(after: order.lastStep, redaction: order.redaction, on: loop) {
            try await recorder.write($0, marksFinalDot: $1, claim, on: loop)
            bell.ring(claim.subject, on: loop)
        }
    }

    /// Runs the conversation and records its end; on the loop.
    ///
    /// With `takesNext` the next test is taken together with the record of this one.
    func run(takingNextIf takesNext: @Sendable () -> Bool) async -> ClaimedTest? {
        if !order.settings.needsFetching {
            writer.append(order.credentialsStep(milliseconds: credentialsMilliseconds))
        }
        let conversation = Task(executorPreference: loop) { try await self.converse() }
        begin(conversation)
        async let writing: Void = serveWriter()
        async let _: Void = beat()  // Until the end of this scope.
        let result = await conversation.result
        writer.close()
        await writing
        return await settle(result, takingNextIf: takesNext)
    }

    /// Breaks the conversation off; the first reason counts.
    ///
    /// From any thread.
    func interrupt(_ reason: Interruption) {
        let conversation = state.withLock { state in
            if state.reason == nil { state.reason = reason }
            return state.conversation
        }
        conversation?.cancel()
    }

    private var reason: Interruption? { state.withLock(\.reason) }

    private func begin(_ conversation: Task<Trace, any Error>) {
        let isInterrupted = state.withLock { state in
            state.conversation = conversation
            return state.reason != nil
        }
        if isInterrupted { conversation.cancel() }
    }

    // MARK: The conversation

    private func converse() async throws -> Trace {
        let deadline = Deadline.after(timeLimit)
        let offset = credentialsMilliseconds
        guard order.settings.needsFetching else {
            return try await converse(with: order.settings, offset, deadline)
        }
        let run = CredentialRun(
            order.settings,
            order.kind,
            tenant: order.tenant,
            sources: sources,
            on: loop,
            until: deadline
        )
        return try await run.perform(
            onStep: { writer.append($0.later(by: offset)) },
            { try await converse(with: $0, offset + $1, deadline) }
        )
    }

    /// With all credentials there.
    private func converse(
        with settings: EffectiveSettings,
        _ offset: Int,
        _ deadline: Deadline
    ) async throws -> Trace {
        if let account = settings.graphAccount {
            return try await submit(account, settings, offset, deadline)
        }
        let run = TokenRun(
            settings,
            order.kind,
            tenant: order.tenant,
            tokens: tokens,
            on: loop,
            until: deadline
        )
        return try await run.perform(
            onStep: { writer.append($0.later(by: offset)) },
            { try await talk($0, offset + $1, deadline) }
        )
    }

    /// Through Microsoft Graph.
    private func submit(
        _ account: GraphAccount,
        _ settings: EffectiveSettings,
        _ offset: Int,
        _ deadline: Deadline
    ) async throws -> Trace {
        let onStep = onStep(offset)
        switch order.kind {
        case .connection:
            return try await graph.testConnection(
                account,
                on: loop,
                until: deadline,
                onStep: onStep
            )
        case .send:
            return try await graph.send(
                try await protecting { try $0.graphSubmission() },
                with: account,
                on: loop,
                until: deadline,
                onStep: onStep,
                beforeSubmit: { [writer] in try await writer.markFinalDot() }
            )
        }
    }

    private func onStep(
        _ offset: Int
    ) -> @Sendable (StepEvent) async throws -> Void {
        { [writer] event in
            if case .finished(_, let step) = event { writer.append(step.later(by: offset)) }
        }
    }

    private func talk(
        _ connection: ConnectionSettings,
        _ offset: Int,
        _ deadline: Deadline
    ) async throws -> Trace {
        let onStep = onStep(offset)
        switch order.kind {
        case .connection:
            return try await engine.testConnection(
                connection,
                on: loop,
                until: deadline,
                onStep: onStep
            )
        case .send:
            return try await engine.send(
                try await protecting { try $0.submission() },
                with: connection,
                on: loop,
                until: deadline,
                onStep: onStep,
                beforeFinalDot: { [writer] in try await writer.markFinalDot() }
            )
        }
    }

    /// The message; signing and encrypting is work for a thread that may take its time.
    private func protecting<Made: Sendable>(
        _ make: @escaping @Sendable (TestOrder) throws -> Made
    ) async throws -> Made {
        let smime = order.settings.draft.smime
        guard smime.signEnabled || smime.encryptEnabled else { return try make(order) }
        return try await engine.blocking.run { [order] in try make(order) }
    }

    // MARK: Beside it

    private func serveWriter() async {
        await writer.serve { [self] error in
            if error as? JobsError == .leaseLost { return interrupt(.leaseLost) }
            logger.warning(
                "steps of test \(order.test) wait: \(operatorText(of: error))"
            )
        }
    }

    /// Keeps the lease, and looks whether somebody wants the test cancelled.
    private func beat() async {
        var renewed = Deadline.now
        while !Task.isCancelled {
            await loop.sleep(for: Self.pulse)
            guard !Task.isCancelled else { return }
            let due = Deadline(
                nanoseconds: renewed.nanoseconds + store.queue.timing.renewInterval.nanoseconds
            )
            do {
                let renews = due.hasPassed
                if try await store.isCancelRequested(claim, renews: renews) {
                    interrupt(.cancelRequested)
                }
                if renews { renewed = .now }
            } catch JobsError.leaseLost {
                return interrupt(.leaseLost)
            } catch {
                if Task.isCancelled { return }
                logger.warning(
                    "the lease of test \(order.test) waits: \(operatorText(of: error))"
                )
            }
        }
    }

    // MARK: The end

    private func settle(
        _ result: Result<Trace, any Error>,
        takingNextIf takesNext: @Sendable () -> Bool
    ) async -> ClaimedTest? {
        let steps = writer.rest
        switch (result, reason) {
        case (_, .leaseLost):
            logger.warning("test \(order.test) was taken from this worker")
        case (.success(let trace), .shutdown) where trace.outcome == .cancelled:
            await record { _ in try await self.giveBack(countsAttempt: false) }
        case (.success(let trace), _):
            let ending = TestEnding(
                trace,
                redaction: writer.redaction,
                reproduction: reproduction(of: trace)
            )
            // The next test must not wait for slow disks: its lease would.
            let next = await finish(ending, steps) { takesNext() && !self.hasLogs }
            await writeLogs(trace)
            return next
        // Only what stands before the final dot throws: nothing was sent.
        case (.failure, .cancelRequested):
            let ending = TestEnding(
                .cancelled,
                .cancelledEarly,
                kind: order.kind,
                messageID: nil,
                startedAt: order.queuedAt,
                durationMilliseconds: 0
            )
            return await finish(ending, steps, takingNextIf: takesNext)
        case (.failure(let problem as SMIMEProblem), _):
            let ending = TestEnding(
                .failed,
                .unprotected(problem),
                kind: order.kind,
                messageID: nil,
                startedAt: order.queuedAt,
                durationMilliseconds: 0
            )
            return await finish(ending, steps, takingNextIf: takesNext)
        case (.failure(let error), let reason):
            logger.error("test \(order.test) broke off: \(operatorText(of: error))")
            await record { _ in try await self.giveBack(countsAttempt: reason != .shutdown) }
        }
        return nil
    }

    private func finish(
        _ ending: TestEnding,
        _ steps: StepBatch?,
        takingNextIf takesNext: @Sendable () -> Bool
    ) async -> ClaimedTest? {
        let next = await record { isFirstTry in
            // What fails may be the taking.
            guard isFirstTry else {
                try await self.store.finish(ending, steps: steps, self.claim)
                return nil as ClaimedTest?
            }
            return try await self.recorder.finish(
                ending,
                steps: steps,
                self.claim,
                takingNext: takesNext(),
                on: self.loop
            )
        }
        bell.ring(claim.subject, on: loop)
        return next ?? nil
    }

    private var hasLogs: Bool {
        traceLog != nil && !TraceLogSettings(order.settings).isNone
    }

    /// The lines for the logs that the settings name, beside the record; no test fails for them.
    private func writeLogs(_ trace: Trace) async {
        let wanted = TraceLogSettings(order.settings)
        guard let traceLog, !wanted.isNone else { return }
        do {
            guard let tenant = try await store.slug(of: order.tenant) else { return }
            let record = TraceRecord(
                tenant: tenant,
                profile: order.settings.profileName,
                test: order.test,
                trace: trace
            )
            await traceLog.write(record, to: wanted)
        } catch {
            logger.warning(
                "the lines of test \(order.test) are in no log: \(operatorText(of: error))"
            )
        }
    }

    private func reproduction(of trace: Trace) -> [String] {
        guard order.settings.application == nil else { return order.settings.graphCommands }
        return Reproduction.commands(
            for: order.settings.connection,
            sender: order.settings.envelopeSender.text,
            recipient: order.recipient?.text
        )
    }

    private func giveBack(countsAttempt: Bool) async throws {
        try await store.settleUnsent(claim, countsAttempt: countsAttempt)
    }

    /// Writes the end, again and again while the database is away: the outcome is known only here.
    @discardableResult
    private func record<Success>(
        _ write: @Sendable (_ isFirstTry: Bool) async throws -> Success
    ) async -> Success? {
        let deadline = Deadline.after(Self.recordingLimit)
        var isFirstTry = true
        while true {
            do {
                return try await write(isFirstTry)
            } catch JobsError.leaseLost {
                // It was written, and only the answer got lost; or the rescuer was first.
                logger.notice("the end of test \(order.test) is recorded already")
                return nil
            } catch {
                isFirstTry = false
                logger.error(
                    "the end of test \(order.test) waits: \(operatorText(of: error))"
                )
                guard !deadline.hasPassed else { return nil }
                await loop.sleep(for: Self.pulse)
            }
        }
    }
}
