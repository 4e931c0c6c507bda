import Observability
import Sockets

/// One test or one delivery: all addresses of the host, one after the other.
final class Run {
    /// What is asked for.
    struct Order {
        let settings: ConnectionSettings
        let submission: Submission?
        let targets: Targets
        /// Who keeps connections for later messages; nil: nobody.
        var connections: Connections?
    }

    let engine: Engine
    let order: Order
    let loop: EventLoop
    let deadline: Deadline
    let interruption: Interruption
    let recorder: StepRecorder
    let beforeFinalDot: @Sendable () async throws -> Void
    let startedAt: TraceTime
    /// The message as it goes on the wire, without the final dot.
    let encodedMessage: [UInt8]
    let transaction: Dialogue.Transaction?

    var settings: ConnectionSettings { order.settings }
    /// What connections for the settings are kept under; nil when nobody keeps them.
    private(set) lazy var connectionKey = order.connections?.key(for: settings)

    /// How each address fared, in the order tried.
    var attempts: [Attempt] = []
    var route = Route.direct
    /// Where to connect, in the order to try.
    var destinations: [Destination] = []
    /// Mail exchangers that have no address for us.
    var unresolved: [Failure] = []

    struct Attempt {
        let destination: Destination
        let failure: Failure?
        /// What the advice needs to know of this connection.
        let heloName: HeloName?
        let isAuthenticated: Bool
        let isDotSent: Bool
        let queueID: String?

        init(
            _ destination: Destination,
            _ failure: Failure?,
            heloName: HeloName? = nil,
            conversation: Conversation? = nil
        ) {
            self.destination = destination
            self.failure = failure
            self.heloName = heloName
            isAuthenticated = conversation?.isAuthenticated ?? false
            isDotSent = conversation?.isDotSent ?? false
            queueID = conversation?.queueID
        }
    }

    init(
        _ engine: Engine,
        _ order: Order,
        loop: EventLoop,
        deadline: Deadline,
        interruption: Interruption,
        recorder: StepRecorder,
        beforeFinalDot: @escaping @Sendable () async throws -> Void
    ) {
        self.engine = engine
        self.order = order
        self.loop = loop
        self.deadline = deadline
        self.interruption = interruption
        self.recorder = recorder
        self.beforeFinalDot = beforeFinalDot
        startedAt = engine.clock()
        let encoded = order.submission.map { MessageData.encode($0.message) } ?? []
        encodedMessage = encoded
        transaction = order.submission.map { Dialogue.Transaction($0, size: encoded.count) }
    }

    func perform() async throws -> Trace {
        let context: TLSContext
        switch prepare() {
        case .success(let made): context = made
        case .failure(let failure):
            try await recorder.begin(failure.step, address: nil)
            try await recorder.finish(.failed)
            return trace(after: failure)
        }
        let setting = Conversation.Setting(
            settings: settings,
            tls: context,
            recorder: recorder,
            scrubber: SecretScrubber(username: settings.username, password: settings.password),
            interruption: interruption,
            limits: engine.limits,
            loop: loop,
            blocking: engine.blocking,
            deadline: deadline,
            beforeFinalDot: beforeFinalDot
        )
        if try await reuse(setting) { return trace(after: nil) }
        if let failure = try await resolve() { return trace(after: failure) }
        for destination in destinations where mayTryAnother {
            attempts.append(try await attempt(destination, setting))
        }
        return trace(after: nil)
    }

    var isMessageTried: Bool {
        order.submission != nil && attempts.contains { $0.isAuthenticated }
    }

    private var mayTryAnother: Bool {
        if interruption.isInterrupted || deadline.hasPassed { return false }
        return !(order.targets == .firstWorking && isMessageTried)
    }

    // MARK: - Before the first address

    /// What can be known to fail without asking anybody.
    private func prepare() -> Result<TLSContext, Failure> {
        let authentication = settings.authentication
        if authentication.needsCredentials, !settings.hasUsername {
            return .failure(Failure(step: .credentials, reason: .credentialsMissing))
        }
        if authentication == .kerberos, settings.hasUsername != settings.hasPassword {
            return .failure(Failure(step: .credentials, reason: .credentialsIncomplete))
        }
        for secret in [settings.username, settings.password] {
            guard secret?.reveal({ $0.contains(0) }) != true else {
                return .failure(Failure(step: .credentials, reason: .credentialsInvalid))
            }
        }
        if let submission = order.submission, submission.recipients.isEmpty {
            return .failure(Failure(step: .recipient, reason: .noRecipient))
        }
        let longest = MessageData.longestLine(in: order.submission?.message ?? [])
        guard longest <= MessageData.longestLine else {
            return .failure(Failure(step: .data, reason: .lineTooLong(longest)))
        }
        return tlsContext()
    }

    private func tlsContext() -> Result<TLSContext, Failure> {
        let own = settings.trustedCertificates
        let isUsual = own.isEmpty && settings.clientCertificate == nil
        do throws(TLSError) {
            return .success(
                isUsual
                    ? try engine.systemTrust.context()
                    : try TLSContext.client(
                        trustedPEM: own,
                        identity: settings.clientCertificate?.identity
                    )
            )
        } catch {
            let reason: Failure.Reason =
                error.kind == .identity
                ? .clientCertificateInvalid(error.detail) : .trustedCertificatesInvalid
            return .failure(Failure(step: .tls, reason: reason))
        }
    }
}
