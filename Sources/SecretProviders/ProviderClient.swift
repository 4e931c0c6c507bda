package import OAuth
package import Outbound
package import SMTP
package import Sockets

/// Fetches secrets from PAMs and vaults, and tests whether that works.
///
/// Sessions are kept in memory while they are good; secrets are not.
package struct ProviderClient: Sendable {
    private let line: ProviderLine
    private let sessions = ProviderSessions()
    private let now: @Sendable () -> TraceTime
    private let loginHost: @Sendable (NationalCloud) -> String
    private let changeWait: Duration

    /// `loginHost` gives the host, with an unusual port, that gives out tokens for Azure;
    /// `changeWait` is the time between two looks at a password that is being changed.
    package init(
        https: HTTPSClient,
        tokens: TokenClient,
        proxyEnvironment: ProxyEnvironment,
        now: @escaping @Sendable () -> TraceTime = { .now },
        loginHost: @escaping @Sendable (NationalCloud) -> String = { $0.loginHost },
        changeWait: Duration = .seconds(2)
    ) {
        line = ProviderLine(https: https, tokens: tokens, proxies: proxyEnvironment)
        self.now = now
        self.loginHost = loginHost
        self.changeWait = changeWait
    }

    /// The secret that `reference` names; call from a task of `loop`.
    ///
    /// A session from memory that is refused is replaced by a new one, once.
    package func fetch(
        _ reference: SecretReference,
        from settings: ProviderSettings,
        on loop: EventLoop,
        until deadline: Deadline
    ) async -> ProviderExchange {
        let (result, lines) = await converse(with: settings, on: loop, until: deadline) {
            (api, call) async throws(ProviderFailure) in
            try await signedIn(to: api, &call) { (session, call) async throws(ProviderFailure) in
                try await api.read(reference, session, &call)
            }
        }
        return ProviderExchange(result: result, lines: lines)
    }

    /// The names of the keys inside the secret that `reference` names, without their values, where
    /// the product can tell them; call from a task of `loop`.
    package func keys(
        at reference: SecretReference,
        in settings: ProviderSettings,
        on loop: EventLoop,
        until deadline: Deadline
    ) async -> Result<[String], ProviderFailure> {
        let (result, _) = await converse(with: settings, on: loop, until: deadline) {
            (api, call) async throws(ProviderFailure) in
            try await signedIn(to: api, &call) { (session, call) async throws(ProviderFailure) in
                try await api.keys(at: reference, session, &call)
            }
        }
        return result
    }

    /// Whether the provider is reached, whether it accepts us, and whether it lets us read the
    /// secret that `reference` names, if it names one; call from a task of `loop`.
    ///
    /// Nothing from memory counts.
    package func check(
        _ settings: ProviderSettings,
        reading reference: SecretReference?,
        on loop: EventLoop,
        until deadline: Deadline
    ) async -> ProviderCheck {
        var check = ProviderCheck()
        do throws(ProviderFailure) {
            let api = try self.api(settings)
            var call = try ProviderCall(settings, line, on: loop, until: deadline)
            await ProviderTrial(settings: settings, reference: reference)
                .run(api, &call, &check) { sessions.keep($0, for: settings.fingerprint) }
            check.lines = call.lines
        } catch {
            check.reaches = .failed(error.about(settings))
        }
        return check
    }

    private typealias Conversation<Value> =
        (any ProviderAPI, inout ProviderCall) async throws(ProviderFailure) -> Value

    private func converse<Value: Sendable>(
        with settings: ProviderSettings,
        on loop: EventLoop,
        until deadline: Deadline,
        _ body: Conversation<Value>
    ) async -> (Result<Value, ProviderFailure>, [Line]) {
        let api: any ProviderAPI
        var call: ProviderCall
        do throws(ProviderFailure) {
            api = try self.api(settings)
            call = try ProviderCall(settings, line, on: loop, until: deadline)
        } catch {
            return (.failure(error.about(settings)), [])
        }
        do throws(ProviderFailure) {
            return (.success(try await body(api, &call)), call.lines)
        } catch {
            return (.failure(error.about(settings, at: call.url.base.place)), call.lines)
        }
    }

    private func signedIn<Value: Sendable>(
        to api: any ProviderAPI,
        _ call: inout ProviderCall,
        _ body: (ProviderSession?, inout ProviderCall) async throws(ProviderFailure) -> Value
    ) async throws(ProviderFailure) -> Value {
        let key = call.settings.fingerprint
        if let session = sessions.session(for: key) {
            call.learn(session.token)
            do throws(ProviderFailure) { return try await body(session, &call) } catch {
                // It may have been revoked, or given before a permission was.
                guard error.mayBeTheSession else { throw error }
                sessions.forget(key)
            }
        }
        let session = try await api.signIn(&call)
        if let session {
            call.learn(session.token)
            sessions.keep(session, for: key)
        }
        return try await body(session, &call)
    }

    private func api(_ settings: ProviderSettings) throws(ProviderFailure) -> any ProviderAPI {
        switch settings.kind {
        case .cyberArk: CyberArkCCP(settings, changeWait: changeWait)
        case .conjur: Conjur(settings)
        case .delineaSecretServer: DelineaSecretServer(settings, platform: nil)
        case .delineaPlatform: DelineaSecretServer(settings, platform: DelineaPlatform(settings))
        case .hashiCorpVault: HashiCorpVault(settings, now: now)
        case .azureKeyVault: AzureKeyVault(settings, now: now, loginHost: loginHost)
        }
    }
}

extension ProviderFailure {
    fileprivate var mayBeTheSession: Bool {
        verdictCode == .providerAuthentication || verdictCode == .providerPermission
    }
}
