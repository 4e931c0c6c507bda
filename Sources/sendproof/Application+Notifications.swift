import Accounts
import EmailSettings
import Notifications
import Postgres
import TestSends

extension Application {
    var outbox: MessageOutbox {
        MessageOutbox(
            database: database,
            secrets: secrets,
            random: random,
            limit: settings.waitingMessages
        )
    }

    var deliveries: DeliveryLog { DeliveryLog(database: database, audit: audit) }

    /// The worker for messages.
    func deliveryService() throws -> DeliveryService {
        DeliveryService(
            database: database,
            notifications: PostgresConfiguration(
                connectionString: try settings.databaseURL(),
                applicationName: "sendproof messages"
            ),
            secrets: secrets,
            senders: SenderStore(
                database: database,
                profiles: profiles,
                branding: branding,
                authoriser: Authoriser(database: database, audit: audit),
                secrets: secrets
            ),
            engine: try engine(),
            tokens: tokens,
            sources: credentialSources,
            loops: loops,
            limits: settings.deliveryLimits,
            name: HostIdentity.text,
            logger: logger
        )
    }
}
