package import EmailSettings
package import Postgres
package import SMTP
package import Sockets

/// A conversation, with the access token it needs fetched before it.
package struct TokenRun: Sendable {
    private let tokens: AccessTokens
    private let settings: EffectiveSettings
    private let tenant: UUID?
    private let kind: TraceKind
    private let loop: EventLoop
    private let deadline: Deadline

    /// `tenant` is nil on the command line.
    package init(
        _ settings: EffectiveSettings,
        _ kind: TraceKind,
        tenant: UUID?,
        tokens: AccessTokens,
        on loop: EventLoop,
        until deadline: Deadline
    ) {
        self.settings = settings
        self.kind = kind
        self.tenant = tenant
        self.tokens = tokens
        self.loop = loop
        self.deadline = deadline
    }

    /// Fetches the token, tells its step, and has `talk` do the rest with the connection's settings
    /// and the milliseconds that have passed.
    ///
    /// A relay that refuses a token from memory gets a new one, once: it may have been revoked. The
    /// trace has the steps of everything.
    package func perform(
        onStep: (Trace.Step) -> Void,
        _ talk: (ConnectionSettings, Int) async throws -> Trace
    ) async throws -> Trace {
        guard settings.tokenSource != nil else { return try await talk(settings.connection, 0) }
        let start = Deadline.now
        let startedAt = TraceTime.now
        var steps: [Trace.Step] = []
        var isSecond = false
        while true {
            let offset = Self.milliseconds(since: start)
            let fetched = try await tokens.token(
                for: settings,
                tenant: tenant,
                isFresh: isSecond,
                on: loop,
                until: deadline
            )
            guard let fetched else { return try await talk(settings.connection, 0) }
            let passed = Self.milliseconds(since: start)
            let step = fetched.step(
                offsetMilliseconds: offset,
                durationMilliseconds: passed - offset
            )
            onStep(step)
            steps.append(step)
            if let verdict = fetched.verdict {
                return Trace(endedBy: verdict, kind, steps, startedAt, passed)
            }
            var connection = settings.connection
            connection.password = fetched.token
            let trace = try await talk(connection, passed)
            steps += trace.steps.map { $0.later(by: passed) }
            if fetched.isCached, !isSecond, trace.isTokenRefused {
                isSecond = true
                continue
            }
            return trace.whole(steps, startedAt, passed + trace.durationMilliseconds)
        }
    }

    private static func milliseconds(since start: Deadline) -> Int {
        Int((Deadline.now.nanoseconds - start.nanoseconds) / 1_000_000)
    }
}

extension Trace {
    /// Whether nothing but the token was wrong, so that another may do.
    fileprivate var isTokenRefused: Bool {
        guard outcome == .failed, verdict.step == .authenticate, !isMessageAccepted else {
            return false
        }
        return verdict.code == .tokenRejected || verdict.code == .authenticationRejected
    }
}
