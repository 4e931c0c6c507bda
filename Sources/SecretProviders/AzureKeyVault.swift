import OAuth
import Observability
import Outbound
import SMTP

/// Azure Key Vault: secrets of an application of Microsoft Entra.
struct AzureKeyVault: ProviderAPI {
    private let settings: ProviderSettings
    private let now: @Sendable () -> TraceTime
    private let loginHost: @Sendable (NationalCloud) -> String

    private static let version = [(name: "api-version", value: "7.4")]

    init(
        _ settings: ProviderSettings,
        now: @escaping @Sendable () -> TraceTime,
        loginHost: @escaping @Sendable (NationalCloud) -> String
    ) {
        self.settings = settings
        self.now = now
        self.loginHost = loginHost
    }

    /// The application, and the vault in the domain of its cloud: tokens go nowhere else.
    private func signer(_ call: ProviderCall) throws(ProviderFailure) -> NamedSecretValue {
        let signer = try settings.signer(.microsoftApplication)
        let domain = "." + signer.cloud.vaultDomain
        let host = call.url.base.host
        let label = host.utf8.dropLast(domain.utf8.count)
        guard call.url.base.isSecure, !call.url.hasPath, host.hasSuffix(domain), !label.isEmpty,
            !label.contains(UInt8(ascii: "."))
        else {
            throw ProviderFailure(
                ProviderAdvice.settings,
                "its URL must be https://NAME\(domain), as the application belongs to the cloud "
                    + signer.cloud.title
            )
        }
        return signer
    }

    func reach(_ call: inout ProviderCall) async throws(ProviderFailure) -> [Fact] {
        _ = try signer(call)
        // Without a token every vault answers 401, and names the directory it trusts.
        let answer = try await call.send(.get(try call.url.url("/secrets", query: Self.version)))
        guard answer.status == 401 || answer.status == 403 || answer.isSuccess else {
            throw ProviderFailure(answer, saying: words(answer, call))
        }
        _ = try answer.object()
        return []
    }

    func signIn(_ call: inout ProviderCall) async throws(ProviderFailure) -> ProviderSession? {
        let signer = try signer(call)
        let tenant = signer[.tenantID]
        let isName = tenant.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E: true
            default: false
            }
        }
        guard isName, !tenant.isEmpty, tenant != ".", tenant != ".." else {
            throw ProviderFailure(
                ProviderAdvice.settings,
                "the tenant ID of its named secret is none"
            )
        }
        let answer = try await call.exchange(
            at: "https://\(loginHost(signer.cloud))/\(tenant)/oauth2/v2.0/token",
            clientID: signer[.clientID],
            secret: signer.value,
            scope: "https://\(signer.cloud.vaultDomain)/.default"
        )
        return ProviderSession(answer.accessToken, lifetime: answer.lifetime ?? 0)
    }

    func inspect(
        _ session: ProviderSession,
        _ call: inout ProviderCall
    ) async throws(ProviderFailure) -> SessionReport {
        SessionReport(facts: TokenLens(session.token).facts)
    }

    func read(
        _ reference: SecretReference,
        _ session: ProviderSession?,
        _ call: inout ProviderCall
    ) async throws(ProviderFailure) -> ProvidedSecret {
        _ = try signer(call)
        let version = reference["secretVersion"]
        let url = try call.url.url(
            "/secrets",
            [reference["secretName"]] + (version.isEmpty ? [] : [version]),
            query: Self.version
        )
        let head = session.map {
            [ProviderRequest.Field("Authorization", "Bearer ", secret: $0.token)]
        }
        let shown = ["id", "contentType"] + ["enabled", "nbf", "exp"].map { "attributes.\($0)" }
        let answer = try await call.send(.get(url, head ?? [], showing: shown))
        guard answer.isSuccess else { throw failure(answer, call) }
        let json = try answer.object()
        if answer["attributes.enabled"]?.flag == false {
            throw ProviderFailure(ProviderAdvice.disabled, "its attribute enabled is false")
        }
        let dates = try self.dates(answer)
        guard let value = json["value"]?.secret, value.reveal({ !$0.isEmpty }) else {
            throw ProviderFailure(ProviderAdvice.noText, "the secret is empty")
        }
        let given = json["id"]?.text?.utf8.split(separator: UInt8(ascii: "/")).last
            .map { ServerWords.clean(String(decoding: Array($0), as: UTF8.self)) }
        return ProvidedSecret(
            value,
            version: given,
            facts: (given.map { [Fact("secretVersion", $0)] } ?? []) + dates
        )
    }

    /// Throws: outside of the dates within which the secret is good.
    private func dates(_ answer: ProviderAnswer) throws(ProviderFailure) -> [Fact] {
        let second = now().unixMilliseconds / 1000
        if let start = answer["attributes.nbf"]?.number, second < start {
            throw ProviderFailure(ProviderAdvice.expired, "it is good from \(Self.text(start)) on")
        }
        guard let end = answer["attributes.exp"]?.number else { return [] }
        guard second < end else {
            throw ProviderFailure(ProviderAdvice.expired, "it expired at \(Self.text(end))")
        }
        return [Fact("secretExpires", Self.text(end))]
    }

    private static func text(_ seconds: Int) -> String {
        let known = min(max(seconds, 0), 253_402_300_799)
        return TraceTime(unixMilliseconds: Int64(known) * 1000).text
    }

    // MARK: - What went wrong

    private func failure(_ answer: ProviderAnswer, _ call: ProviderCall) -> ProviderFailure {
        let words = words(answer, call)
        switch answer["error.innererror.code"]?.text {
        case "SecretDisabled": return ProviderFailure(ProviderAdvice.disabled, words)
        case "ForbiddenByFirewall", "ForbiddenByConnection":
            return ProviderFailure(ProviderAdvice.firewall, words)
        default: return ProviderFailure(answer, saying: words)
        }
    }

    /// Its messages go on for lines; the first one says it.
    private func words(_ answer: ProviderAnswer, _ call: ProviderCall) -> String {
        let line = (answer["error.message"]?.text ?? "").utf8.prefix { $0 != 0x0D && $0 != 0x0A }
        let message = String(decoding: Array(line), as: UTF8.self)
        let codes = [answer["error.innererror.code"], answer["error.code"]]
        let code = codes.lazy.compactMap { $0?.text }.first ?? ""
        return call.clean([code, message].filter { !$0.isEmpty }.joined(separator: ", "))
    }
}
