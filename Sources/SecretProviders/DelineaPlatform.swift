import OAuth
import Observability
import Outbound
import SMTP

/// The Delinea Platform, which gives out tokens and names the Secret Server that takes them.
struct DelineaPlatform: Sendable {
    private let settings: ProviderSettings

    init(_ settings: ProviderSettings) {
        self.settings = settings
    }

    func signIn(_ call: inout ProviderCall) async throws(ProviderFailure) -> ProviderSession {
        let signer = try settings.signer(.apiCredentials)
        let url = try call.url.url("/identity/api/oauth2/token/xpmplatform")
        let session = try await DelineaSecretServer.token(
            at: url,
            [
                .init("grant_type", "client_credentials"), .init("scope", "xpmheadless"),
                .init("client_id", signer[.username]),
                .init("client_secret", secret: signer.value),
            ],
            &call
        )
        call.learn(session.token)
        return ProviderSession(
            session.token,
            lifetime: session.lifetime,
            vault: try await vault(session, &call)
        )
    }

    /// The vault that is active and the default one.
    private func vault(
        _ session: ProviderSession,
        _ call: inout ProviderCall
    ) async throws(ProviderFailure) -> ProviderURL {
        let url = try call.url.url("/vaultbroker/api/vaults")
        let answer = try await call.send(
            .get(url, [.init("Authorization", "Bearer ", secret: session.token)])
        )
        guard answer.isSuccess else {
            throw ProviderFailure(answer, saying: DelineaSecretServer.words(answer, call))
        }
        let vaults = try answer.object()["vaults"]?.elements ?? []
        let found = vaults.first { vault in
            vault["isDefault"]?.flag == true && vault["isActive"]?.flag == true
        }
        guard let address = found?["connection"]?["url"]?.text else {
            throw ProviderFailure(ProviderAdvice.response, "it names no vault that is active")
        }
        return try trusted(call.clean(address), call)
    }

    /// The platform's word alone sends the token nowhere: the vault is at the platform's own host,
    /// in Delinea's cloud, or where the named secret may be sent to.
    private func trusted(
        _ address: String,
        _ call: ProviderCall
    ) throws(ProviderFailure) -> ProviderURL {
        let vault: ProviderURL
        do throws(ProviderFailure) { vault = try ProviderURL(address) } catch {
            throw ProviderFailure(ProviderAdvice.foreignVault, "“\(address)” is no address")
        }
        guard vault.base.isSecure, isKnown(vault, call) else {
            throw ProviderFailure(ProviderAdvice.foreignVault, "“\(address)”")
        }
        return vault
    }

    private func isKnown(_ vault: ProviderURL, _ call: ProviderCall) -> Bool {
        let host = vault.base.host
        let isOfTheCloud =
            vault.base.port == 443
            && Self.cloudDomains.contains {
                host.utf8.elementsEqual($0.utf8) || host.hasSuffix("." + $0)
            }
        return vault.base.place == call.url.base.place || isOfTheCloud
            || settings.hosts.contains(host)
    }

    /// Of Secret Server Cloud, as Delinea's own clients know them.
    private static let cloudDomains = [
        "secretservercloud.com", "secretservercloud.eu", "secretservercloud.com.au",
        "secretservercloud.com.sg", "secretservercloud.ca", "secretservercloud.co.uk",
        "secretservercloud.ae",
    ]
}
