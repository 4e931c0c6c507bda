import OAuth
import Observability
import Outbound
import SMTP

/// An access token, or why there is none, and the step that getting it was.
struct FetchedToken: Sendable {
    let token: Redacted<[UInt8]>?
    /// Why there is none.
    let verdict: Verdict?
    let isCached: Bool
    private let facts: [Fact]
    private let lines: [Line]

    init(
        _ endpoint: TokenEndpoint,
        _ grant: TokenGrant,
        _ result: Result<TokenAnswer, OAuthFailure>,
        _ lines: [Line],
        isCached: Bool
    ) {
        var facts = Self.facts(endpoint, grant, isCached: isCached)
        switch result {
        case .success(let answer):
            token = answer.accessToken
            verdict = nil
            facts.append(Fact("scope", answer.scope ?? endpoint.scope))
            if let lifetime = answer.lifetime { facts.append(Fact("expiresIn", .number(lifetime))) }
            facts += TokenLens(answer.accessToken).facts
        case .failure(let failure):
            token = nil
            verdict = failure.verdict
            facts.append(Fact("error", failure.verdict.cause))
        }
        self.isCached = isCached
        self.facts = facts
        self.lines = lines
    }

    /// One that is still good.
    init(_ endpoint: TokenEndpoint, _ grant: TokenGrant, _ found: TokenCache.Found) {
        token = found.token
        verdict = nil
        isCached = true
        lines = []
        facts =
            Self.facts(endpoint, grant, isCached: true)
            + [
                Fact("scope", found.scope ?? endpoint.scope),
                Fact("expiresIn", .number(found.secondsLeft + TokenCache.margin)),
            ] + TokenLens(found.token).facts
    }

    private static func facts(
        _ endpoint: TokenEndpoint,
        _ grant: TokenGrant,
        isCached: Bool
    ) -> [Fact] {
        var facts = [
            Fact("server", endpoint.url.place), Fact("grant", grant.name),
            Fact("source", isCached ? "memory" : "server"),
        ]
        if let proxy = endpoint.proxy { facts.append(Fact("proxy", proxy.place)) }
        return facts
    }

    func step(offsetMilliseconds: Int, durationMilliseconds: Int) -> Trace.Step {
        Trace.Step(
            name: .token,
            address: nil,
            status: token == nil ? .failed : .ok,
            offsetMilliseconds: offsetMilliseconds,
            durationMilliseconds: durationMilliseconds,
            facts: facts,
            lines: lines
        )
    }
}
