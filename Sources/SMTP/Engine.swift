package import Cryptography
package import Outbound
package import Sockets

/// What the person's network rules say about an address.
package enum EgressDecision: Sendable, Equatable {
    case allowed
    /// The reason, as a sentence for the person at the page.
    case refused(String)
}

/// Time limits that no setting changes.
package struct Limits: Sendable {
    /// At least this long the answer to the final dot is waited for: who gives up early may send
    /// a message twice (RFC 5321, section 4.5.3.2.6).
    package var finalDot: Duration = .seconds(60)
    /// At most this long the answer to QUIT is waited for.
    package var goodbye: Duration = .seconds(3)
    /// More addresses of a host than this are not tried.
    package var addresses = 16

    package init() {}
}

/// Which addresses of the host a message's delivery tries.
package enum Targets: Sendable {
    /// All of them, as a test does; the message goes once, and one bad address fails the run.
    case every
    /// One after the other until one takes part in the conversation.
    case firstWorking
}

/// Tests connections and hands messages over.
///
/// A failure of the relay or the network is a trace, not an error: the engine throws only what
/// its listeners throw, and only before the final dot.
package struct Engine: Sendable {
    let resolver: any Resolving
    let egress: @Sendable (SocketAddress) -> EgressDecision
    package let blocking: BlockingPool
    /// What `ProxyChoice.environment` means.
    let proxyEnvironment: ProxyEnvironment
    /// Whether a proxy may get names to resolve; else `egress` judges every address that is used.
    let allowsRemoteNames: Bool
    let limits: Limits
    let clock: @Sendable () -> TraceTime
    let random: RandomSource
    let systemTrust = SystemTrust()

    /// `blocking` has the threads for exchanges that compute long or wait for other servers
    /// (SCRAM, Kerberos, NTLM); it must outlive every run.
    package init(
        resolver: any Resolving = Resolver(),
        egress: @escaping @Sendable (SocketAddress) -> EgressDecision = { _ in .allowed },
        blocking: BlockingPool,
        proxyEnvironment: ProxyEnvironment = ProxyEnvironment([:]),
        allowsRemoteNames: Bool = true,
        limits: Limits = Limits(),
        clock: @escaping @Sendable () -> TraceTime = { .now },
        random: RandomSource = .system
    ) {
        self.resolver = resolver
        self.egress = egress
        self.blocking = blocking
        self.proxyEnvironment = proxyEnvironment
        self.allowsRemoteNames = allowsRemoteNames
        self.limits = limits
        self.clock = clock
        self.random = random
    }

    /// Everything up to and including authentication with every address, then QUIT; no mail.
    ///
    /// `onStep` is awaited for each event. A cancelled task gives a trace with that outcome,
    /// within a second. Throws: what `onStep` throws.
    package func testConnection(
        _ settings: ConnectionSettings,
        on loop: EventLoop,
        until deadline: Deadline = .never,
        onStep: @escaping @Sendable (StepEvent) async throws -> Void = { _ in }
    ) async throws -> Trace {
        let order = Run.Order(settings: settings, submission: nil, targets: .every)
        return try await run(order, loop, deadline, onStep, {})
    }

    /// Hands one message over, once.
    ///
    /// `beforeFinalDot` is awaited when everything but the final dot was sent, and never when no
    /// recipient was accepted; when it throws, the dot is not sent and the connection is dropped.
    /// Throws: what `onStep` throws before the final dot, and what `beforeFinalDot` throws. After
    /// the final dot the trace is returned in any case.
    package func send(
        _ submission: Submission,
        with settings: ConnectionSettings,
        to targets: Targets = .every,
        on loop: EventLoop,
        until deadline: Deadline = .never,
        onStep: @escaping @Sendable (StepEvent) async throws -> Void = { _ in },
        beforeFinalDot: @escaping @Sendable () async throws -> Void = {}
    ) async throws -> Trace {
        let order = Run.Order(settings: settings, submission: submission, targets: targets)
        return try await run(order, loop, deadline, onStep, beforeFinalDot)
    }

    func run(
        _ order: Run.Order,
        _ loop: EventLoop,
        _ deadline: Deadline,
        _ onStep: @escaping @Sendable (StepEvent) async throws -> Void,
        _ beforeFinalDot: @escaping @Sendable () async throws -> Void
    ) async throws -> Trace {
        let interruption = Interruption()
        return try await withTaskExecutorPreference(loop) {
            try await withTaskCancellationHandler {
                let run = Run(
                    self,
                    order,
                    loop: loop,
                    deadline: deadline,
                    interruption: interruption,
                    recorder: StepRecorder(onStep: onStep),
                    beforeFinalDot: beforeFinalDot
                )
                return try await run.perform()
            } onCancel: {
                interruption.interrupt()
            }
        }
    }
}
