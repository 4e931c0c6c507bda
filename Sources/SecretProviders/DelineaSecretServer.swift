import OAuth
import Observability
import Outbound
import SMTP

/// Delinea (Thycotic) Secret Server, by itself or as the vault of the Delinea Platform.
struct DelineaSecretServer: ProviderAPI {
    private let settings: ProviderSettings
    private let platform: DelineaPlatform?

    /// `platform` is who signs in, where the vault belongs to one.
    init(_ settings: ProviderSettings, platform: DelineaPlatform?) {
        self.settings = settings
        self.platform = platform
    }

    func reach(_ call: inout ProviderCall) async throws(ProviderFailure) -> [Fact] {
        let url = try call.url.url(platform == nil ? "/api/v1/healthcheck" : "/health")
        let answer = try await call.send(.get(url, showing: ["healthy"]))
        guard answer.isSuccess else { throw ProviderFailure(answer, saying: "") }
        // Old versions say it as plain text.
        let word = answer.body.reveal { String(decoding: $0.prefix(40), as: UTF8.self) }
        if word.lowercased().hasPrefix("healthy") { return [] }
        guard let healthy = try answer.object()["healthy"]?.flag else {
            throw ProviderFailure(ProviderAdvice.response, "it does not say whether it is healthy")
        }
        guard healthy else {
            throw ProviderFailure(ProviderAdvice.serverFailure, "it says that it is not healthy")
        }
        return []
    }

    func signIn(_ call: inout ProviderCall) async throws(ProviderFailure) -> ProviderSession? {
        if let platform { return try await platform.signIn(&call) }
        let signer = try settings.signer(.apiCredentials)
        var form: [ProviderRequest.Field] = [
            .init("grant_type", "password"), .init("username", signer[.username]),
            .init("password", secret: signer.value),
        ]
        if !settings["domain"].isEmpty { form.append(.init("domain", settings["domain"])) }
        return try await Self.token(at: try call.url.url("/oauth2/token"), form, &call)
    }

    /// Asks a token endpoint of Delinea's.
    static func token(
        at url: HTTPSURL,
        _ form: [ProviderRequest.Field],
        _ call: inout ProviderCall
    ) async throws(ProviderFailure) -> ProviderSession {
        let shown = ["token_type", "expires_in"]
        let answer = try await call.send(.post(url, .form(form), showing: shown))
        guard answer.isSuccess else {
            let words = Self.words(answer, call)
            if answer.status == 400, answer.json != nil {
                throw ProviderFailure(ProviderAdvice.authentication, words)
            }
            throw ProviderFailure(answer, saying: words)
        }
        guard let token = try answer.object()["access_token"]?.secret else {
            // It also says 200 to a wrong password.
            let words = Self.words(answer, call)
            throw words.isEmpty
                ? ProviderFailure(ProviderAdvice.response, "it gave no token")
                : ProviderFailure(ProviderAdvice.authentication, words)
        }
        return ProviderSession(token, lifetime: answer["expires_in"]?.number ?? 0)
    }

    // MARK: - Reading

    func read(
        _ reference: SecretReference,
        _ session: ProviderSession?,
        _ call: inout ProviderCall
    ) async throws(ProviderFailure) -> ProvidedSecret {
        let number = reference["secretID"]
        guard let id = Int(number), id > 0 else {
            throw ProviderFailure(ProviderAdvice.reference, "the secret ID is a number above zero")
        }
        let slug = reference["fieldSlug"].isEmpty ? "password" : reference["fieldSlug"]
        let path = "/api/v1/secrets/\(id)"
        let vault = session?.vault ?? call.url
        let answer = try await call.send(
            .get(try vault.url(path + "/fields", [slug]), head(session))
        )
        guard answer.isSuccess else {
            throw await explained(answer, try vault.url(path + "/state"), slug, session, &call)
        }
        // A text, or in some versions the whole field.
        let json = try answer.object()
        guard let value = json.secret ?? json["itemValue"]?.secret ?? json["value"]?.secret else {
            throw ProviderFailure(ProviderAdvice.noText, "“\(slug)” holds no text")
        }
        guard value.reveal({ !$0.isEmpty }) else {
            throw ProviderFailure(ProviderAdvice.noText, "“\(slug)” is empty")
        }
        return ProvidedSecret(value)
    }

    private func head(_ session: ProviderSession?) -> [ProviderRequest.Field] {
        session.map { [.init("Authorization", "Bearer ", secret: $0.token)] } ?? []
    }

    // MARK: - What went wrong

    /// The secret's state says by name why it is not given.
    private func explained(
        _ answer: ProviderAnswer,
        _ state: HTTPSURL,
        _ slug: String,
        _ session: ProviderSession?,
        _ call: inout ProviderCall
    ) async -> ProviderFailure {
        let plain = failure(answer, slug, call)
        guard answer.json != nil, answer.status != 401, answer.status != 429 else { return plain }
        do throws(ProviderFailure) {
            let shown = ["secretState", "isCheckedOut"]
            let said = try await call.send(.get(state, head(session), showing: shown))
            guard said.isSuccess, let name = said["secretState"]?.text,
                let entry = Self.entries[name]
            else { return plain }
            return ProviderFailure(entry, name)
        } catch {
            // The first answer is what counts.
            return plain
        }
    }

    /// By the names that Secret Server gives to states of secrets.
    static let entries: [String: AdviceEntry] = [
        "RequiresApproval": ProviderAdvice.approvalRequired,
        "RequiresCheckout": ProviderAdvice.checkOutRequired,
        "RequiresCheckoutAndComment": ProviderAdvice.checkOutRequired,
        "RequiresCheckoutPendingRPC": ProviderAdvice.busy,
        "RequiresComment": ProviderAdvice.commentRequired,
        "RequiresDoubleLockPassword": ProviderAdvice.doubleLock,
        "CreateDoubleLockPassword": ProviderAdvice.doubleLock,
        "DoubleLockNoAccess": ProviderAdvice.doubleLock,
        "CannotView": ProviderAdvice.permission,
        "RequiresUndelete": ProviderAdvice.disabled,
    ]

    private func failure(
        _ answer: ProviderAnswer,
        _ slug: String,
        _ call: ProviderCall
    ) -> ProviderFailure {
        if answer.isPage {
            return ProviderFailure(
                ProviderAdvice.response,
                "it is a page in HTML, with the status \(answer.status)"
            )
        }
        let words = Self.words(answer, call)
        let said = words.lowercased()
        // Old versions have no states, and these words with any status, 500 too.
        if said.contains("comment") {
            return ProviderFailure(ProviderAdvice.commentRequired, words)
        }
        if said.contains("check out") || said.contains("checkout") || said.contains("checked out") {
            return ProviderFailure(ProviderAdvice.checkOutRequired, words)
        }
        if answer["errorCode"]?.text == "API_AccessDenied" {
            return ProviderFailure(ProviderAdvice.hidden, words)
        }
        if answer.status == 400 || answer.status == 404, said.contains("field") {
            return ProviderFailure(ProviderAdvice.keyMissing, "“\(slug)”, \(words)")
        }
        return ProviderFailure(answer, saying: words)
    }

    static func words(_ answer: ProviderAnswer, _ call: ProviderCall) -> String {
        let paths = ["message", "error_description", "error", "errorCode"]
        let said = paths.lazy.compactMap { answer[$0]?.text }.first { !$0.isEmpty } ?? ""
        return call.clean(said)
    }
}
