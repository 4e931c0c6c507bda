import EmailSettings
import Jobs
import Logging
import Mail
import Observability
import Postgres
import SMTP
import Secrets
import Sockets
import TestSends

/// Runs the jobs of kind "delivery".
///
/// One object, which every message in hand refers to.
final class DeliveryWorker: Sendable {
    let store: DeliveryStore
    let desk: DeliveryDesk
    /// Messages taken ahead of those that are handed over.
    let ahead: Int
    let secrets: SecretStore
    let senders: SenderStore
    let engine: TestEngine
    let connections: DeliveryConnections
    let tokens: AccessTokens
    let sources: CredentialSources?
    /// How long messages are tried.
    let lifetime: Duration
    let logger: Logger

    /// How long the database may be away before a result is left to the rescuer.
    private static let recordingLimit: Duration = .seconds(60)
    private static let pause: Duration = .milliseconds(500)

    init(
        store: DeliveryStore,
        desk: DeliveryDesk,
        ahead: Int,
        secrets: SecretStore,
        senders: SenderStore,
        engine: TestEngine,
        connections: DeliveryConnections,
        tokens: AccessTokens,
        sources: CredentialSources?,
        lifetime: Duration,
        logger: Logger
    ) {
        self.store = store
        self.desk = desk
        self.ahead = ahead
        self.secrets = secrets
        self.senders = senders
        self.engine = engine
        self.connections = connections
        self.tokens = tokens
        self.sources = sources
        self.lifetime = lifetime
        self.logger = logger
    }

    /// Begins up to `count` messages that are due.
    func take(upTo count: Int, on loop: EventLoop) async throws -> JobWorker.Taken {
        var begun = desk.begin(upTo: count)
        var isContended = false
        // What is on the desk may all be of tenants that have enough under way.
        if begun.count < count, desk.needsRefill(below: Int.max) {
            defer { desk.refilled() }
            do {
                let taken = try await store.take(upTo: count - begun.count + ahead, on: loop)
                desk.add(taken.work)
                isContended = taken.isContended
                begun += desk.begin(upTo: count - begun.count)
            } catch {
                guard !begun.isEmpty else { throw error }
                // They go on; the rest is asked for again.
                logger.error("no message could be taken: \(operatorText(of: error))")
            }
        }
        let turns: [JobWorker.Turn] = begun.map { claimed in
            { [self] loop, goesOn in await work(claimed, on: loop, goesOn) }
        }
        return JobWorker.Taken(turns: turns, isContended: isContended)
    }

    /// Hands one message over after the other, as long as there are some; what came of each is
    /// recorded while the next one is handed over.
    private func work(
        _ first: ClaimedMessage,
        on loop: EventLoop,
        _ goesOn: @Sendable () -> Bool
    ) async {
        var next: ClaimedMessage? = first
        var recording: Task<Void, Never>?
        while let message = next {
            let record = await deliver(message, on: loop)
            desk.end(message.claim)
            await recording?.value
            recording = Task(executorPreference: loop) { [self] in
                await record()
                desk.forget(message.claim)
            }
            guard goesOn() else { break }
            refill(on: loop)
            next = desk.begin(upTo: 1).first
        }
        await recording?.value
    }

    /// Takes more before the last one is begun.
    private func refill(on loop: EventLoop) {
        guard desk.needsRefill(below: ahead / 2) else { return }
        Task(executorPreference: loop) { [self] in
            defer { desk.refilled() }
            do {
                desk.add(try await store.take(upTo: ahead, on: loop).work)
            } catch {
                logger.error("no message could be taken: \(operatorText(of: error))")
            }
        }
    }

    /// Keeps the leases of everything on the desk, until it is cancelled.
    func keepLeases(on loop: EventLoop) async {
        while !Task.isCancelled {
            await loop.sleep(for: store.queue.timing.renewInterval)
            let claims = desk.claims
            guard !Task.isCancelled, !claims.isEmpty else { continue }
            do {
                try await store.keep(claims)
            } catch {
                logger.warning("leases of messages wait: \(operatorText(of: error))")
            }
        }
    }

    /// Gives back what was taken ahead; for the end.
    func clear() async {
        for claim in desk.clear() {
            await record(claim) {
                try await store.giveBack(claim, after: .zero, countsAttempt: false)
            }
        }
    }

    /// What is to be written about a message once it was handed over, or could not be.
    private typealias Record = @Sendable () async -> Void

    /// Hands a claimed message over.
    private func deliver(_ claimed: ClaimedMessage, on loop: EventLoop) async -> Record {
        let claim = claimed.claim
        guard let message = claimed.stored else {
            // Gone, ended, or not to be read: then its lease ends, and the rescuer looks at it.
            return { [self] in await record(claim) { try await store.forgetEnded(claim) } }
        }
        let run: DeliveryRun
        do {
            run = try await prepare(message, claim, loop)
        } catch {
            let verdict = Self.verdict(for: error)
            return { [self] in await postpone(message, claim, verdict) }
        }
        let conversation = Task(executorPreference: loop) { try await run.perform() }
        // What is written at the end must not be cancelled with this task.
        let result = await withTaskCancellationHandler {
            await conversation.result
        } onCancel: {
            conversation.cancel()
        }
        return { [self] in await settle(result, of: run) }
    }

    private func prepare(
        _ message: StoredMessage,
        _ claim: JobClaim,
        _ loop: EventLoop
    ) async throws -> DeliveryRun {
        guard let sender = message.sender else { throw DeliveryProblem.emailDisabled }
        guard let wrapped = message.key else { throw SecretsError.damaged }
        let key = try secrets.open(wrapped)
        let content = try MessageContent.open(message.content, of: message.message, with: key)
        let settings = try await senders.settings(sender, of: claim.tenant, key: key)
        return DeliveryRun(
            message: message,
            content: content,
            settings: settings,
            claim: claim,
            worker: self,
            loop: loop
        )
    }

    // MARK: The end

    private func settle(_ result: Result<Trace, any Error>, of run: DeliveryRun) async {
        let trace: Trace
        switch result {
        case .success(let ended): trace = ended
        // Only what stands before the final dot throws: nothing was sent.
        case .failure(JobsError.leaseLost):
            logger.warning("message \(run.claim.subject) was taken from this worker")
            return
        case .failure(let error) where error is PostgresError || error is CancellationError:
            logger.error("message \(run.claim.subject) broke off: \(operatorText(of: error))")
            await giveBack(run.claim)
            return
        case .failure(let error):
            // It could not be composed, which says nothing of the way.
            return await postpone(run.message, run.claim, Self.verdict(for: error))
        }
        var decided = run.message.decided
        let decision = DeliveryDecision.make(
            trace,
            for: run.recipients,
            &decided,
            isLast: run.message.age >= lifetime
        )
        func ending(_ outcome: DeliveryStatus?) -> DeliveryEnding {
            DeliveryEnding(
                outcome,
                trace,
                decided: decided,
                profileID: run.settings.profileID,
                profileName: run.settings.profileName,
                redaction: run.redaction
            )
        }
        if trace.isWayGood, desk.noteGoodWay(run.claim.tenant) {
            await record(run.claim) { try await store.wake(run.claim.tenant) }
        }
        switch decision {
        case .finish(let outcome):
            await finish(ending(outcome), run.claim, on: run.loop)
        case .wait(let holdsOthers):
            let held = holdsOthers ? desk.hold(run.claim.tenant, since: run.begunAt) : nil
            await record(run.claim) {
                try await store.postpone(
                    ending(nil),
                    run.claim,
                    after: RetrySchedule.delay(after: run.claim.attempt),
                    holding: held
                )
            }
        case .again: await giveBack(run.claim)
        }
    }

    private func finish(
        _ ending: DeliveryEnding,
        _ claim: JobClaim,
        on loop: EventLoop
    ) async {
        await record(claim) { try await store.finish(ending, claim, on: loop) }
    }

    /// Lets a message wait that could not be prepared.
    private func postpone(
        _ message: StoredMessage,
        _ claim: JobClaim,
        _ verdict: Verdict
    ) async {
        let isLast = message.age >= lifetime
        let ending = DeliveryEnding(
            isLast ? .expired : nil,
            Trace(endedBy: verdict, .failed, messageID: message.messageID),
            decided: message.decided,
            profileID: message.sender?.profile,
            profileName: message.profileName,
            redaction: nil
        )
        await record(claim) {
            guard !isLast else { return try await store.finish(ending, claim) }
            try await store.postpone(
                ending,
                claim,
                after: RetrySchedule.delay(after: claim.attempt),
                holding: nil
            )
        }
    }

    private func giveBack(_ claim: JobClaim) async {
        await record(claim) {
            try await store.giveBack(claim, after: .zero, countsAttempt: false)
        }
    }

    /// Writes, again and again while the database is away: what came of it is known only here.
    private func record(_ claim: JobClaim, _ write: () async throws -> Void) async {
        let deadline = Deadline.after(Self.recordingLimit)
        while true {
            do {
                return try await write()
            } catch JobsError.leaseLost {
                // It was written, and only the answer got lost; or the rescuer was first.
                logger.notice("the end of message \(claim.subject) is recorded already")
                return
            } catch {
                logger.error(
                    "the end of message \(claim.subject) waits: \(operatorText(of: error))"
                )
                guard !deadline.hasPassed else { return }
                await EventLoop.current?.sleep(for: Self.pause)
            }
        }
    }

    /// Why a message cannot be prepared, in words for its tenant.
    private static func verdict(for error: any Error) -> Verdict {
        switch error {
        case DeliveryProblem.emailDisabled: .emailDisabled
        case let problem as SMIMEProblem: .unprotected(problem)
        case let rejection as FormRejection:
            .unusable(
                rejection.errors.map(\.message).joined(separator: " "),
                isTemporary: true
            )
        case let error as any ExplainedError: .unusable(error.userText, isTemporary: true)
        default:
            .unusable(
                "Ask the operator of this installation to look into its log.",
                isTemporary: true
            )
        }
    }
}

/// What keeps a message from being prepared and has no other name.
private enum DeliveryProblem: Error {
    case emailDisabled
}
