import EmailSettings
import Postgres
import SMTP
import Sockets

/// A conversation, with the credentials it needs fetched before it.
struct CredentialRun: Sendable {
    private let settings: EffectiveSettings
    private let kind: TraceKind
    private let tenant: UUID
    private let sources: CredentialSources?
    private let loop: EventLoop
    private let deadline: Deadline

    init(
        _ settings: EffectiveSettings,
        _ kind: TraceKind,
        tenant: UUID,
        sources: CredentialSources?,
        on loop: EventLoop,
        until deadline: Deadline
    ) {
        self.settings = settings
        self.kind = kind
        self.tenant = tenant
        self.sources = sources
        self.loop = loop
        self.deadline = deadline
    }

    /// Fetches the credentials, tells the step, and has `talk` do the rest with the settings and
    /// the milliseconds that have passed.
    ///
    /// When a server refuses credentials of a provider, they are fetched once more: they may have
    /// been rotated. Others are tried, once; the same ones are not, which could lock the account.
    func perform(
        onStep: (Trace.Step) -> Void,
        _ talk: (EffectiveSettings, Int) async throws -> Trace
    ) async throws -> Trace {
        let start = Deadline.now
        let startedAt = TraceTime.now
        var steps: [Trace.Step] = []
        func tell(_ fetched: FetchedCredentials, since offset: Int) -> Int {
            let passed = Self.milliseconds(since: start)
            let step = fetched.step(
                offsetMilliseconds: offset,
                durationMilliseconds: passed - offset
            )
            onStep(step)
            steps.append(step)
            return passed
        }
        let first = try await fetch(isFresh: false)
        var passed = tell(first, since: 0)
        guard let settings = first.settings else {
            return ended(first.verdict, steps, startedAt, passed)
        }
        var trace = try await talk(settings, passed)
        steps += trace.steps.map { $0.later(by: passed) }
        guard first.isFromProvider, trace.areCredentialsRefused else {
            return trace.whole(steps, startedAt, passed + trace.durationMilliseconds)
        }
        let offset = Self.milliseconds(since: start)
        var second = try await fetch(isFresh: true)
        let isSame = second.hasValues(of: first)
        if second.settings != nil {
            second.facts.append(
                Fact(
                    "fetchedAgain",
                    isSame
                        ? "the same as before: not tried again"
                        : "another value: tried once more"
                )
            )
        }
        passed = tell(second, since: offset)
        guard let settings = second.settings else {
            return ended(second.verdict, steps, startedAt, passed)
        }
        guard !isSame else { return trace.whole(steps, startedAt, passed) }
        trace = try await talk(settings, passed)
        steps += trace.steps.map { $0.later(by: passed) }
        return trace.whole(steps, startedAt, passed + trace.durationMilliseconds)
    }

    private func fetch(isFresh: Bool) async throws -> FetchedCredentials {
        guard let sources else { return .noSources }
        return try await sources.fetch(
            for: settings,
            tenant: tenant,
            isFresh: isFresh,
            on: loop,
            until: deadline
        )
    }

    private func ended(
        _ verdict: Verdict?,
        _ steps: [Trace.Step],
        _ startedAt: TraceTime,
        _ passed: Int
    ) -> Trace {
        Trace(endedBy: verdict ?? .settingsUnreadable, kind, steps, startedAt, passed)
    }

    private static func milliseconds(since start: Deadline) -> Int {
        Int((Deadline.now.nanoseconds - start.nanoseconds) / 1_000_000)
    }
}

extension Trace {
    /// Whether nothing but the credentials was wrong, so that others may do.
    fileprivate var areCredentialsRefused: Bool {
        guard outcome == .failed, !isMessageAccepted else { return false }
        return switch verdict.code {
        case .authenticationRejected, .tokenRejected, .oauthInvalidClient, .proxyAuthentication:
            true
        default: false
        }
    }
}
