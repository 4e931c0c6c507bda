package import Cryptography
import OAuth
package import Outbound
package import SMTP
package import Sockets

/// Sends through Microsoft Graph as an application, and tests whether it could.
///
/// A failure of Microsoft or the network is a trace, not an error: the engine throws only what its
/// listeners throw, and only before the message is on its way.
package struct GraphEngine: Sendable {
    let https: HTTPSClient
    /// What `ProxyChoice.environment` means.
    let proxyEnvironment: ProxyEnvironment
    let endpoints: GraphEndpoints
    let limits: GraphLimits
    let clock: @Sendable () -> TraceTime
    let random: RandomSource
    let tokens = TokenCache()
    let gate = ApplicationGate()
    /// One token at a time, which the others then find in memory.
    let tokenGate = ApplicationGate(width: 1)

    /// One for a process: tokens, and the places of each application, are kept in it and shared by
    /// its copies.
    package init(
        https: HTTPSClient,
        proxyEnvironment: ProxyEnvironment = ProxyEnvironment([:]),
        endpoints: GraphEndpoints = .microsoft,
        limits: GraphLimits = GraphLimits(),
        clock: @escaping @Sendable () -> TraceTime = { .now },
        random: RandomSource = .system
    ) {
        self.https = https
        self.proxyEnvironment = proxyEnvironment
        self.endpoints = endpoints
        self.limits = limits
        self.clock = clock
        self.random = random
    }

    /// Gets a token, always a new one, looks at what it permits, and reaches Graph; no mail.
    ///
    /// Whether the mailbox may be sent from only a message shows. `onStep` is awaited for each
    /// event. Throws: what `onStep` throws.
    package func testConnection(
        _ account: GraphAccount,
        on loop: EventLoop,
        until deadline: Deadline = .never,
        onStep: @escaping @Sendable (StepEvent) async throws -> Void = { _ in }
    ) async throws -> Trace {
        try await run(account, nil, loop, deadline, onStep, {})
    }

    /// Hands one message over, once.
    ///
    /// `beforeSubmit` is awaited when everything but the message was sent, and never a second time;
    /// when it throws, the message is not sent. From then on it may have been accepted: only an
    /// answer that says that it was not makes another try, of the same message. Throws: what
    /// `onStep` throws before, and what `beforeSubmit` throws; after that the trace is returned in
    /// any case.
    package func send(
        _ submission: GraphSubmission,
        with account: GraphAccount,
        on loop: EventLoop,
        until deadline: Deadline = .never,
        onStep: @escaping @Sendable (StepEvent) async throws -> Void = { _ in },
        beforeSubmit: @escaping @Sendable () async throws -> Void = {}
    ) async throws -> Trace {
        try await run(account, submission, loop, deadline, onStep, beforeSubmit)
    }

    private func run(
        _ account: GraphAccount,
        _ submission: GraphSubmission?,
        _ loop: EventLoop,
        _ deadline: Deadline,
        _ onStep: @escaping @Sendable (StepEvent) async throws -> Void,
        _ beforeSubmit: @escaping @Sendable () async throws -> Void
    ) async throws -> Trace {
        try await withTaskExecutorPreference(loop) {
            let run = GraphRun(
                self,
                account,
                submission,
                loop: loop,
                deadline: deadline,
                recorder: StepRecorder(onStep: onStep),
                beforeSubmit: beforeSubmit
            )
            return try await run.perform()
        }
    }
}
