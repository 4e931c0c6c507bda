import Cryptography
import OAuth
import Observability
import Outbound
import SMTP

/// An access token of the application.
struct GraphToken: Sendable {
    let text: Redacted<[UInt8]>
    /// It was kept from an earlier run.
    let isCached: Bool
    /// Whether it says that the application may send mail; one that says nothing of itself may.
    let hasPermission: Bool
    let facts: [Fact]

    init(_ text: Redacted<[UInt8]>, scope: String?, expiresIn: Int?, isCached: Bool) {
        let lens = TokenLens(text).facts
        self.text = text
        self.isCached = isCached
        let isOpaque = lens == [Fact("tokenKind", "opaque")]
        let roles = lens.first { $0.name == "tokenRoles" }?.value.elements ?? []
        hasPermission = isOpaque || roles.contains(.string(GraphAccount.permission))
        let found = scope.map { [Fact("scope", $0)] } ?? []
        let end = expiresIn.map { [Fact("expiresIn", .number($0))] } ?? []
        facts = [Fact("source", isCached ? "memory" : "server")] + found + end + lens
    }
}

/// Which token is wanted.
enum WantedToken {
    /// One from memory, while it is good.
    case kept
    /// One that nobody has seen yet.
    case new
    /// Not the one that was refused.
    case other(than: Redacted<[UInt8]>)

    func takes(_ found: Redacted<[UInt8]>) -> Bool {
        switch self {
        case .kept: true
        case .new: false
        case .other(let refused): found != refused
        }
    }
}

extension GraphRun {
    /// A step of its own.
    func token(_ wanted: WantedToken) async throws -> GraphToken {
        try await recorder.begin(.token, address: nil)
        do {
            let endpoint = try tokenEndpoint()
            recorder.add([
                Fact("server", endpoint.url.place),
                Fact("grant", TokenGrant.clientCredentials.name),
            ])
            if let proxy = endpoint.proxy { recorder.add([Fact("proxy", proxy.place)]) }
            let token = try await token(from: endpoint, wanted)
            guard token.hasPermission else {
                let warning =
                    "The token does not name the permission Mail.Send. That is right only where "
                    + "Exchange Online gives it (RBAC for Applications)."
                try await recorder.finish(.warning, token.facts + [Fact("note", warning)])
                return token
            }
            try await recorder.finish(.ok, token.facts)
            return token
        } catch let failure as GraphFailure {
            try await recorder.finish(.failed, [Fact("error", verdict(failure).cause)])
            throw failure
        }
    }

    private func tokenEndpoint() throws(GraphFailure) -> TokenEndpoint {
        guard let url = engine.endpoints.token(account), !account.clientID.utf8.isEmpty else {
            let missing = account.clientID.utf8.isEmpty ? "client ID" : "tenant ID"
            throw GraphFailure(advice: .settings, step: .token, reason: "the \(missing) is missing")
        }
        if let interruption = interruption(at: .token) { throw interruption }
        var endpoint = TokenEndpoint(
            url: url,
            clientID: account.clientID,
            clientSecret: account.clientSecret,
            scope: account.scope,
            audience: ""
        )
        endpoint.proxy = try proxy(to: url, at: .token)
        return endpoint
    }

    private func token(
        from endpoint: TokenEndpoint,
        _ wanted: WantedToken
    ) async throws(GraphFailure) -> GraphToken {
        let key = endpoint.fingerprint(.clientCredentials)
        if let found = remembered(key, wanted) { return found }
        // Who had to wait finds the token of the one before.
        let row = Hexadecimal.encode(key)
        guard await engine.tokenGate.enter(row, on: loop, until: deadline) else {
            throw interruption(at: .token) ?? .ended(.timedOut, at: .token)
        }
        defer { engine.tokenGate.leave(row) }
        if let found = remembered(key, wanted) { return found }
        return try await fetch(endpoint, key)
    }

    private func remembered(_ key: [UInt8], _ wanted: WantedToken) -> GraphToken? {
        guard let found = engine.tokens.token(for: key), wanted.takes(found.token) else {
            return nil
        }
        return GraphToken(
            found.token,
            scope: found.scope,
            expiresIn: found.secondsLeft + TokenCache.margin,
            isCached: true
        )
    }

    private func fetch(
        _ endpoint: TokenEndpoint,
        _ key: [UInt8]
    ) async throws(GraphFailure) -> GraphToken {
        let exchange = await TokenClient(https: engine.https)
            .exchange(.clientCredentials, at: endpoint, on: loop, until: deadline)
        exchange.lines.forEach(recorder.add)
        do throws(OAuthFailure) {
            let answer = try exchange.result.get()
            engine.tokens.keep(answer, for: key)
            return GraphToken(
                answer.accessToken,
                scope: answer.scope,
                expiresIn: answer.lifetime,
                isCached: false
            )
        } catch {
            throw failure(error)
        }
    }

    /// Nobody was asked to accept anything yet.
    private func failure(_ failure: OAuthFailure) -> GraphFailure {
        if let interruption = interruption(at: .token) { return interruption }
        let verdict = failure.verdict
        let advice =
            AdviceEntry.token(failure)
            ?? AdviceEntry(
                verdict.code,
                field: verdict.field == nil ? nil : "applicationSecret",
                who: verdict.whoCanFix ?? .administrator,
                temporary: verdict.temporary,
                cause: verdict.cause,
                advice: verdict.advice
            )
        return GraphFailure(advice: advice, step: .token, reason: failure.words)
    }
}
