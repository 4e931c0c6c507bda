import Cryptography
import OAuth
import Observability
import Outbound
import SMTP

/// CyberArk Conjur: an API key gives a token for eight minutes, which reads variables.
struct Conjur: ProviderAPI {
    private let settings: ProviderSettings

    /// Seconds; Conjur says nothing of it in its answer.
    private static let lifetime = 480

    init(_ settings: ProviderSettings) {
        self.settings = settings
    }

    func reach(_ call: inout ProviderCall) async throws(ProviderFailure) -> [Fact] {
        // The free edition answers 401 or 404 here, which shows it as well.
        let answer = try await call.send(
            .get(try call.url.url("/info"), showing: ["release", "version"])
        )
        guard answer.status < 500, !(300..<400).contains(answer.status) else {
            throw ProviderFailure(answer, saying: "")
        }
        let version = answer.isSuccess ? (answer["release"] ?? answer["version"])?.text : nil
        return version.map { [Fact("vaultVersion", ServerWords.clean($0))] } ?? []
    }

    func signIn(_ call: inout ProviderCall) async throws(ProviderFailure) -> ProviderSession? {
        let signer = try settings.signer(.apiCredentials)
        let url = try call.url.url(
            "/authn",
            [settings["account"], signer[.username], "authenticate"]
        )
        let key = ProviderRequest.Field("API key", secret: signer.value)
        let answer = try await call.send(.post(url, .text(key)))
        guard answer.isSuccess else { throw ProviderFailure(answer, saying: words(answer, call)) }
        // A token is JSON, signed; a page of a gateway is not.
        guard !answer.isPage, answer.json?["payload"] != nil, answer.json?["signature"] != nil
        else { throw ProviderFailure(ProviderAdvice.response, "it gave no token") }
        let token = Redacted(answer.body.reveal(Base64.encodeBytes))
        return ProviderSession(token, lifetime: Self.lifetime)
    }

    func read(
        _ reference: SecretReference,
        _ session: ProviderSession?,
        _ call: inout ProviderCall
    ) async throws(ProviderFailure) -> ProvidedSecret {
        let version = reference["version"]
        let url = try call.url.url(
            "/secrets",
            [settings["account"], "variable", reference["variableID"]],
            query: version.isEmpty ? [] : [("version", version)]
        )
        let answer = try await call.send(.get(url, head(session)))
        guard answer.isSuccess else { throw failure(answer, version, call) }
        if answer.contentType == "text/html" {
            throw ProviderFailure(ProviderAdvice.response, "it is a page in HTML")
        }
        guard answer.body.reveal({ !$0.isEmpty }) else {
            throw ProviderFailure(ProviderAdvice.noText, "the variable is empty")
        }
        return ProvidedSecret(answer.body, version: version.isEmpty ? nil : version)
    }

    private func head(_ session: ProviderSession?) -> [ProviderRequest.Field] {
        guard let session else { return [] }
        let quoted = Redacted(session.token.reveal { $0 + [UInt8(ascii: "\"")] })
        return [.init("Authorization", "Token token=\"", secret: quoted)]
    }

    private func failure(
        _ answer: ProviderAnswer,
        _ version: String,
        _ call: ProviderCall
    ) -> ProviderFailure {
        let words = words(answer, call)
        // Conjur keeps twenty versions, and says so of older ones with the same status.
        if answer.status == 404 || answer.status == 422, !version.isEmpty {
            let reason = words.isEmpty ? "version \(version)" : "version \(version), \(words)"
            return ProviderFailure(ProviderAdvice.notFound, reason)
        }
        return ProviderFailure(answer, saying: words)
    }

    private func words(_ answer: ProviderAnswer, _ call: ProviderCall) -> String {
        call.clean(answer["error.message"]?.text ?? "")
    }
}
