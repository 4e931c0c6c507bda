import Accounts
import Observability
package import Postgres
package import SMTP
package import Secrets

/// The relay of the operators, which cloud tenants send through.
package struct PlatformRelay: Sendable {
    private let database: Database
    private let key: PlatformKey

    package init(database: Database, key: PlatformKey) {
        self.database = database
        self.key = key
    }

    /// The connection to the relay, with its password open.
    ///
    /// Throws: `PlatformRelayError.notConfigured`.
    package func connection() async throws -> ConnectionSettings {
        let rows = try await database.read(
            .platformOperator,
            Statement(
                """
                SELECT host, port, timeout_seconds, tls, verify_certificate, authentication,
                    username, password_sealed
                FROM platform_relay
                """,
                [],
                StoredRelay.init(row:)
            )
        )
        guard let stored = rows.first else { throw PlatformRelayError.notConfigured }
        var connection = stored.connection
        if let sealed = stored.sealed {
            connection.password = try key.open(
                sealed,
                purpose: "platform relay",
                fields: stored.destination
            )
        }
        return connection
    }

    /// Sets the relay up anew; the operators' command line.
    package func configure(_ connection: ConnectionSettings) async throws {
        let username = connection.username?.reveal { String(decoding: $0, as: UTF8.self) } ?? ""
        let stored = StoredRelay(connection: connection, username: username, sealed: nil)
        let sealed = try connection.password.map {
            try key.seal($0, purpose: "platform relay", fields: stored.destination)
        }
        try await database.transaction(.platformOperator) { transaction in
            _ = try await transaction.execute(
                """
                INSERT INTO platform_relay (host, port, timeout_seconds, tls, verify_certificate,
                    authentication, username, password_sealed)
                VALUES ($1, $2::int, $3::int, $4, $5::boolean, $6, $7, $8)
                ON CONFLICT (singleton) DO UPDATE SET host = excluded.host, port = excluded.port,
                    timeout_seconds = excluded.timeout_seconds, tls = excluded.tls,
                    verify_certificate = excluded.verify_certificate,
                    authentication = excluded.authentication, username = excluded.username,
                    password_sealed = excluded.password_sealed, updated_at = now()
                """,
                [
                    connection.host.text, Int(connection.port), connection.timeoutSeconds,
                    connection.tls.rawValue, connection.verifyCertificate,
                    connection.authentication.rawValue, username, sealed,
                ]
            )
        }
    }
}

private struct StoredRelay: Sendable {
    let connection: ConnectionSettings
    let username: String
    let sealed: [UInt8]?

    init(connection: ConnectionSettings, username: String, sealed: [UInt8]?) {
        self.connection = connection
        self.username = username
        self.sealed = sealed
    }

    init(row: Row) throws {
        guard let host = Host(try row.value(0, as: String.self)) else {
            throw PlatformRelayError.notConfigured
        }
        let username: String = try row.value(6)
        var connection = ConnectionSettings(
            host: host,
            port: UInt16(clamping: try row.value(1, as: Int.self))
        )
        connection.timeoutSeconds = try row.value(2)
        connection.tls = TLSMode(rawValue: try row.value(3)) ?? .startTLS
        connection.verifyCertificate = try row.value(4)
        connection.authentication = Authentication(rawValue: try row.value(5)) ?? .none
        connection.username = username.isEmpty ? nil : Redacted(Array(username.utf8))
        self.init(connection: connection, username: username, sealed: try row.value(7))
    }

    /// Where the password may go.
    var destination: [String] {
        [
            connection.host.text, String(connection.port), connection.tls.rawValue,
            connection.verifyCertificate ? "verify" : "trust",
            connection.authentication.rawValue, username,
        ]
    }
}
