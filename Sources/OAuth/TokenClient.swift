package import Outbound
package import SMTP
package import Sockets

/// Asks token endpoints for tokens.
package struct TokenClient: Sendable {
    private let https: HTTPSClient

    /// How long one answer may take.
    package static let timeLimit: Duration = .seconds(30)

    package init(https: HTTPSClient) {
        self.https = https
    }

    /// Asks once; a second time only for a server that takes the client secret in no other place.
    ///
    /// Call from a task of `loop`.
    package func exchange(
        _ grant: TokenGrant,
        at endpoint: TokenEndpoint,
        on loop: EventLoop,
        until deadline: Deadline
    ) async -> TokenExchange {
        let deadline = min(deadline, .after(Self.timeLimit))
        let first = await ask(grant, endpoint, .post, loop, deadline)
        guard first.wantsBasic, endpoint.clientSecret != nil else { return first }
        let second = await ask(grant, endpoint, .basic, loop, deadline)
        return TokenExchange(
            result: second.result,
            lines: first.lines + second.lines,
            wantsBasic: false
        )
    }

    private func ask(
        _ grant: TokenGrant,
        _ endpoint: TokenEndpoint,
        _ proof: TokenForm.Proof,
        _ loop: EventLoop,
        _ deadline: Deadline
    ) async -> TokenExchange {
        let form = TokenForm(endpoint, grant, proof)
        let transcript = TokenTranscript(endpoint, grant)
        let asked = form.transcript.map { Line(from: .us, text: $0) }
        do throws(HTTPSError) {
            let response = try await https.send(form.request, on: loop, until: deadline)
            let lines = asked + transcript.lines(response).map { Line(from: .relay, text: $0) }
            let challenge = response.header("www-authenticate")?.lowercased() ?? ""
            return TokenExchange(
                result: Self.result(response, transcript, endpoint),
                lines: lines,
                wantsBasic: response.status == 401 && challenge.hasPrefix("basic")
            )
        } catch {
            return TokenExchange(
                result: .failure(OAuthFailure(error).about(endpoint)),
                lines: asked,
                wantsBasic: false
            )
        }
    }

    private static func result(
        _ response: HTTPSResponse,
        _ transcript: TokenTranscript,
        _ endpoint: TokenEndpoint
    ) -> Result<TokenAnswer, OAuthFailure> {
        do throws(OAuthFailure) { return .success(try TokenAnswer(response)) } catch {
            return .failure(error.about(endpoint, transcript))
        }
    }
}

/// A request for a token, with what was said.
package struct TokenExchange: Sendable {
    package let result: Result<TokenAnswer, OAuthFailure>
    /// Fit to be shown; never a secret.
    package let lines: [Line]
    let wantsBasic: Bool
}
