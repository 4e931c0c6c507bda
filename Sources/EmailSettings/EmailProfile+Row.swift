import Accounts
import Mail
import Postgres
import SMTP
import Secrets

extension EmailProfile {
    static func byID(_ id: UUID, in scope: TenantScope) -> Statement<EmailProfile> {
        Statement(
            """
            SELECT p.id, p.name, p.description, p.from_address, p.from_name, p.host, p.port,
                p.timeout_seconds, p.tls, p.verify_certificate, p.helo_name, p.authentication,
                p.allow_plaintext_authentication, p.is_active, p.fingerprint, p.version,
                p.updated_at, p.updated_by, u.id, u.set_at, u.set_by, s.id, s.set_at, s.set_by
            FROM email_profiles p
            LEFT JOIN secrets u ON u.id = p.username_secret
            LEFT JOIN secrets s ON s.id = p.password_secret
            WHERE p.tenant_id = $1::uuid AND p.id = $2::uuid
            """,
            [scope.tenant.id, id],
            EmailProfile.init(row:)
        )
    }

    static func active(in scope: TenantScope) -> Statement<EmailProfile> {
        Statement(
            """
            SELECT p.id, p.name, p.description, p.from_address, p.from_name, p.host, p.port,
                p.timeout_seconds, p.tls, p.verify_certificate, p.helo_name, p.authentication,
                p.allow_plaintext_authentication, p.is_active, p.fingerprint, p.version,
                p.updated_at, p.updated_by, u.id, u.set_at, u.set_by, s.id, s.set_at, s.set_by
            FROM email_profiles p
            LEFT JOIN secrets u ON u.id = p.username_secret
            LEFT JOIN secrets s ON s.id = p.password_secret
            WHERE p.tenant_id = $1::uuid AND p.is_active
            """,
            [scope.tenant.id],
            EmailProfile.init(row:)
        )
    }

    init(row: Row) throws {
        let from: String = try row.value(3)
        let fromName: String = try row.value(4)
        let host: String = try row.value(5)
        let helo: String = try row.value(10)
        id = try row.value(0)
        name = try row.value(1)
        description = try row.value(2)
        fromAddress = from.isEmpty ? nil : try Address(parsing: from)
        self.fromName = fromName.isEmpty ? nil : try DisplayName(parsing: fromName)
        self.host = Host(host)
        port = UInt16(clamping: try row.value(6, as: Int.self))
        timeoutSeconds = try row.value(7)
        tls = TLSMode(rawValue: try row.value(8)) ?? .startTLS
        verifyCertificate = try row.value(9)
        heloName = HeloName(helo)
        authentication = Authentication(rawValue: try row.value(11)) ?? .none
        allowPlaintextAuthentication = try row.value(12)
        isActive = try row.value(13)
        fingerprint = try row.value(14)
        version = try row.value(15)
        updatedAt = try row.value(16)
        updatedBy = try row.value(17)
        username = try StoredSecret(row: row, from: 18)
        password = try StoredSecret(row: row, from: 21)
    }
}

extension StoredSecret {
    /// Columns id, set_at, set_by of an outer join, from column `first`; nil when there is none.
    init?(row: Row, from first: Int) throws {
        guard let id = try row.value(first, as: UUID?.self) else { return nil }
        self.init(id: id, setAt: try row.value(first + 1), setBy: try row.value(first + 2))
    }
}

extension ProfileSummary {
    init(row: Row) throws {
        let host: String = try row.value(3)
        let port: Int = try row.value(4)
        let tls = TLSMode(rawValue: try row.value(5)) ?? .startTLS
        id = try row.value(0)
        name = try row.value(1)
        description = try row.value(2)
        destination = host.isEmpty ? "" : "\(host):\(port), \(tls.title)"
        isActive = try row.value(6)
        fingerprint = try row.value(7)
        fromAddress = try row.value(8)
        updatedAt = try row.value(9)
    }
}
