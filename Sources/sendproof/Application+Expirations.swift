import Accounts
import EmailSettings
import Expirations
import Sockets
import TestSends

extension Application {
    var radar: ExpiryRadar {
        ExpiryRadar(database: database, certificates: certificates)
    }

    func webhooks() throws -> ExpiryWebhookStore {
        ExpiryWebhookStore(
            database: database,
            audit: audit,
            secrets: secrets,
            sender: WebhookSender(
                resolver: try settings.resolver(),
                egress: try settings.egress(),
                blocking: requests.webhooks,
                proxyEnvironment: try settings.proxyEnvironment()
            ),
            random: random
        )
    }

    /// The background work about what ends.
    func expiryService() throws -> ExpiryService {
        ExpiryService(
            authoriser: Authoriser(database: database, audit: audit),
            radar: radar,
            notices: ExpiryNotices(database: database, random: random),
            webhooks: try webhooks(),
            profiles: profiles,
            turns: AuthorizationTurns(
                database: database,
                secrets: secrets,
                refreshTokens: RefreshTokens(database: database, secrets: secrets, random: random)
            ),
            authorizations: AuthorizationTry(tokens: tokens, sources: credentialSources),
            loop: loops.next,
            logger: logger
        )
    }
}
