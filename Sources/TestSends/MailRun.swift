package import EmailSettings
package import MicrosoftGraph
package import Postgres
package import SMTP
package import Sockets

/// What settings come to: credentials, then a token where one is needed, then the conversation with
/// the relay or with Microsoft Graph.
package struct MailRun: Sendable {
    private let settings: EffectiveSettings
    private let kind: TraceKind
    private let tenant: UUID
    private let tokens: AccessTokens
    private let sources: CredentialSources?
    private let loop: EventLoop
    private let deadline: Deadline

    package init(
        _ settings: EffectiveSettings,
        _ kind: TraceKind,
        tenant: UUID,
        tokens: AccessTokens,
        sources: CredentialSources?,
        on loop: EventLoop,
        until deadline: Deadline
    ) {
        self.settings = settings
        self.kind = kind
        self.tenant = tenant
        self.tokens = tokens
        self.sources = sources
        self.loop = loop
        self.deadline = deadline
    }

    /// Fetches what is to be fetched, tells those steps, and has the rest done: `submit` through
    /// Microsoft Graph, `talk` with a relay; both get the milliseconds that have passed.
    ///
    /// The trace has the steps of everything. Throws: what the database and the two throw; then
    /// nothing was sent, as far as they say so.
    package func perform(
        onStep: (Trace.Step) -> Void,
        submit: (GraphAccount, EffectiveSettings, Int) async throws -> Trace,
        talk: (ConnectionSettings, Int) async throws -> Trace
    ) async throws -> Trace {
        guard settings.needsFetching else {
            return try await perform(with: settings, 0, onStep, submit, talk)
        }
        let run = CredentialRun(
            settings,
            kind,
            tenant: tenant,
            sources: sources,
            on: loop,
            until: deadline
        )
        return try await run.perform(onStep: onStep) {
            try await perform(with: $0, $1, onStep, submit, talk)
        }
    }

    /// With all credentials there.
    private func perform(
        with settings: EffectiveSettings,
        _ offset: Int,
        _ onStep: (Trace.Step) -> Void,
        _ submit: (GraphAccount, EffectiveSettings, Int) async throws -> Trace,
        _ talk: (ConnectionSettings, Int) async throws -> Trace
    ) async throws -> Trace {
        if let account = settings.graphAccount {
            return try await submit(account, settings, offset)
        }
        let run = TokenRun(
            settings,
            kind,
            tenant: tenant,
            tokens: tokens,
            on: loop,
            until: deadline
        )
        return try await run.perform(onStep: { onStep($0.later(by: offset)) }) {
            try await talk($0, offset + $1)
        }
    }
}
