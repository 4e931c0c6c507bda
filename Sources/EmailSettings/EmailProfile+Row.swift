import Accounts
import Mail
import Postgres
import SMTP
import Secrets

extension EmailProfile {
    static func byID(_ id: UUID, in scope: TenantScope) -> Statement<EmailProfile> {
        Statement(
            """
            SELECT p.id, p.settings, p.is_active, p.fingerprint, p.version, p.updated_at,
                p.updated_by, c.fields, c.ids, c.times, c.names
            FROM email_profiles p LEFT JOIN LATERAL (
                SELECT array_agg(k.field) AS fields, array_agg(s.id) AS ids,
                    array_agg(s.set_at) AS times, array_agg(s.set_by) AS names
                FROM profile_credentials k JOIN secrets s ON s.id = k.secret_id
                WHERE k.profile_id = p.id
            ) c ON true
            WHERE p.tenant_id = $1::uuid AND p.id = $2::uuid
            """,
            [scope.tenant.id, id],
            EmailProfile.init(row:)
        )
    }

    static func active(in scope: TenantScope) -> Statement<EmailProfile> {
        Statement(
            """
            SELECT p.id, p.settings, p.is_active, p.fingerprint, p.version, p.updated_at,
                p.updated_by, c.fields, c.ids, c.times, c.names
            FROM email_profiles p LEFT JOIN LATERAL (
                SELECT array_agg(k.field) AS fields, array_agg(s.id) AS ids,
                    array_agg(s.set_at) AS times, array_agg(s.set_by) AS names
                FROM profile_credentials k JOIN secrets s ON s.id = k.secret_id
                WHERE k.profile_id = p.id
            ) c ON true
            WHERE p.tenant_id = $1::uuid AND p.is_active
            """,
            [scope.tenant.id],
            EmailProfile.init(row:)
        )
    }

    init(row: Row) throws {
        id = try row.value(0)
        form = try ProfileForm(stored: try row.value(1))
        isActive = try row.value(2)
        fingerprint = try row.value(3)
        version = try row.value(4)
        updatedAt = try row.value(5)
        updatedBy = try row.value(6)
        let fields = try row.value(7, as: [String]?.self) ?? []
        let ids = try row.value(8, as: [UUID]?.self) ?? []
        let times = try row.value(9, as: [Timestamp]?.self) ?? []
        let names = try row.value(10, as: [String]?.self) ?? []
        var credentials: [CredentialField: StoredSecret] = [:]
        for (index, name) in fields.enumerated() {
            guard let field = CredentialField(rawValue: name) else { continue }
            credentials[field] = StoredSecret(
                id: ids[index],
                setAt: times[index],
                setBy: names[index]
            )
        }
        self.credentials = credentials
    }
}

extension ProfileForm {
    /// Reads a profile's settings as they are stored.
    ///
    /// A field that is not there has its initial value, and one that nobody knows any more is left.
    /// Throws: `StoredProfileError` when it is no JSON of this kind.
    package init(stored text: String) throws(StoredProfileError) {
        self.init()
        do {
            let json = try JSON(parsing: Array(text.utf8))
            for member in json.members ?? [] {
                guard let field = ProfileField(rawValue: member.name) else { continue }
                try set(field, json: member.value)
            }
        } catch { throw .damaged }
    }

    /// The text for the column `settings`.
    var stored: String { String(decoding: JSON.object(json).bytes, as: UTF8.self) }
}

extension ProfileSummary {
    init(row: Row) throws {
        let host: String = try row.value(3)
        let port: String = try row.value(4)
        id = try row.value(0)
        name = try row.value(1)
        description = try row.value(2)
        destination = host.isEmpty ? "" : Self.destination(host, port, try row.value(5))
        isActive = try row.value(6)
        fingerprint = try row.value(7)
        fromAddress = try row.value(8)
        updatedAt = try row.value(9)
    }
}
