package import EmailSettings
package import OAuth
import Observability
package import Outbound
import Postgres
import SMTP
package import Sockets

/// Gets the access tokens that settings ask for: from memory, else from their servers.
package struct AccessTokens: Sendable {
    private let tenants: TokenClient
    private let platform: TokenClient
    private let proxyEnvironment: ProxyEnvironment
    private let refreshTokens: RefreshTokens?
    private let cache = TokenCache()

    /// How often it looks whether another node has finished a refresh.
    private static let pause: Duration = .milliseconds(200)
    /// Longer than a dead node is waited for.
    private static let patience: Duration = .seconds(60)

    /// `egress` judges the servers that tenants name; those of the platform's relay are exempt.
    ///
    /// Without `refreshTokens`, a refresh token is used as it is, and a new one is not kept.
    package init(
        resolver: any Resolving = Resolver(),
        egress: EgressPolicy,
        blocking: BlockingPool,
        proxyEnvironment: ProxyEnvironment = ProxyEnvironment([:]),
        refreshTokens: RefreshTokens?,
        trustedCertificates: [UInt8] = []
    ) {
        tenants = TokenClient(
            https: egress.client(
                resolver: resolver,
                blocking: blocking,
                trustedCertificates: trustedCertificates
            )
        )
        platform = TokenClient(
            https: HTTPSClient(
                resolver: resolver,
                blocking: blocking,
                trustedCertificates: trustedCertificates
            )
        )
        self.proxyEnvironment = proxyEnvironment
        self.refreshTokens = refreshTokens
    }

    /// What asks the servers that tenants name, for others who must.
    package var client: TokenClient { tenants }

    /// A token for `settings`; nil when they ask for none.
    ///
    /// `isFresh` does not take one from memory. Call from a task of `loop`. Throws: what the
    /// database throws.
    func token(
        for settings: EffectiveSettings,
        tenant: UUID?,
        isFresh: Bool,
        on loop: EventLoop,
        until deadline: Deadline
    ) async throws -> FetchedToken? {
        guard let source = settings.tokenSource else { return nil }
        var endpoint = source.endpoint
        do throws(OAuthFailure) {
            endpoint.proxy = try settings.connection.proxy.proxy(to: endpoint.url, proxyEnvironment)
        } catch {
            return FetchedToken(endpoint, source.grant, .failure(error), [], isCached: false)
        }
        let key = endpoint.fingerprint(source.grant)
        if isFresh { cache.forget(key) }
        let client = settings.usesPlatformRelay ? platform : tenants
        guard case .refreshToken(let first) = source.grant, let refreshTokens, let tenant,
            !settings.usesPlatformRelay
        else {
            if let found = cache.token(for: key) {
                return FetchedToken(endpoint, source.grant, found)
            }
            return await fetch(source.grant, endpoint, key, client, loop, deadline).fetched
        }
        let way = Way(refreshTokens, endpoint, key, tenant, loop, deadline)
        return try await inTurn(first, way)
    }

    /// Gets a new token with the refresh token of `settings`, whatever is in memory; the answer is
    /// what is wrong, nil for nothing and for settings that have none.
    func renew(
        _ settings: EffectiveSettings,
        tenant: UUID,
        on loop: EventLoop,
        until deadline: Deadline
    ) async throws -> Verdict? {
        guard let refreshTokens, let source = settings.tokenSource,
            case .refreshToken(let first) = source.grant
        else { return nil }
        var endpoint = source.endpoint
        do throws(OAuthFailure) {
            endpoint.proxy = try settings.connection.proxy.proxy(to: endpoint.url, proxyEnvironment)
        } catch { return error.verdict }
        let key = endpoint.fingerprint(source.grant)
        let way = Way(refreshTokens, endpoint, key, tenant, loop, deadline)
        return try await inTurn(first, way, takingFromMemory: false).verdict
    }

    /// Where a refresh goes, and until when it may take.
    private struct Way {
        let refreshTokens: RefreshTokens
        let endpoint: TokenEndpoint
        /// Of the token in memory.
        let key: [UInt8]
        let tenant: UUID
        let loop: EventLoop
        let deadline: Deadline

        init(
            _ refreshTokens: RefreshTokens,
            _ endpoint: TokenEndpoint,
            _ key: [UInt8],
            _ tenant: UUID,
            _ loop: EventLoop,
            _ deadline: Deadline
        ) {
            self.refreshTokens = refreshTokens
            self.endpoint = endpoint
            self.key = key
            self.tenant = tenant
            self.loop = loop
            self.deadline = deadline
        }
    }

    /// The token from memory, else by a refresh as soon as nobody else refreshes.
    private func inTurn(
        _ first: Redacted<[UInt8]>,
        _ way: Way,
        takingFromMemory isMemoryGood: Bool = true
    ) async throws -> FetchedToken {
        let patience = min(way.deadline, .after(Self.patience))
        let grant = TokenGrant.refreshToken(first)
        while true {
            if isMemoryGood, let found = cache.token(for: way.key) {
                return FetchedToken(way.endpoint, grant, found)
            }
            let hold = try await way.refreshTokens.hold(
                first,
                at: way.endpoint,
                tenant: way.tenant
            )
            if let hold { return try await refresh(hold, way) }
            try Task.checkCancellation()
            if patience.hasPassed {
                return FetchedToken(
                    way.endpoint,
                    grant,
                    .failure(OAuthFailure(.held, at: way.endpoint)),
                    [],
                    isCached: false
                )
            }
            await way.loop.sleep(for: Self.pause)
        }
    }

    /// One refresh with the newest token; what the server gives in its place is kept before the
    /// access token is used.
    private func refresh(_ hold: RefreshTokens.Hold, _ way: Way) async throws -> FetchedToken {
        let got = await fetch(
            .refreshToken(hold.token),
            way.endpoint,
            way.key,
            tenants,
            way.loop,
            way.deadline
        )
        // A task of its own: a token that is good once must not be lost by a cancellation.
        try await Task(executorPreference: way.loop) {
            try await way.refreshTokens.release(
                hold,
                keeping: got.refreshToken,
                after: got.fetched.verdict
            )
        }.value
        return got.fetched
    }

    private func fetch(
        _ grant: TokenGrant,
        _ endpoint: TokenEndpoint,
        _ key: [UInt8],
        _ client: TokenClient,
        _ loop: EventLoop,
        _ deadline: Deadline
    ) async -> (fetched: FetchedToken, refreshToken: Redacted<[UInt8]>?) {
        let exchange = await client.exchange(grant, at: endpoint, on: loop, until: deadline)
        let answer = try? exchange.result.get()  // The failure goes into the step.
        if let answer { cache.keep(answer, for: key) }
        let fetched = FetchedToken(
            endpoint,
            grant,
            exchange.result,
            exchange.lines,
            isCached: false
        )
        return (fetched, answer?.refreshToken)
    }
}

extension EgressPolicy {
    /// Sends requests to servers that tenants name, where the policy lets it.
    package func client(
        resolver: any Resolving,
        blocking: BlockingPool,
        trustedCertificates: [UInt8] = []
    ) -> HTTPSClient {
        HTTPSClient(
            resolver: resolver,
            blocking: blocking,
            egress: { refusal($0) },
            allowsRemoteNames: self == .everything,
            trustedCertificates: trustedCertificates
        )
    }

    /// Why the address may not be connected to; nil when it may.
    func refusal(_ address: SocketAddress) -> String? {
        if case .refused(let reason) = decision(address) { reason } else { nil }
    }
}
