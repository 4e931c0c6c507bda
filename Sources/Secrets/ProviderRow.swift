import Accounts
import Postgres
import SMTP
import SecretProviders

extension StoredProvider {
    init(row: Row) throws {
        guard let kind = ProviderKind(rawValue: try row.value(2)) else {
            throw SecretsError.damaged
        }
        let checkedAt: Timestamp? = try row.value(9)
        let failure: String? = try row.value(10)
        self.init(
            id: try row.value(0),
            name: try row.value(1),
            kind: kind,
            values: try ProviderJSON.read(try row.value(3)),
            version: try row.value(4),
            createdAt: try row.value(5),
            createdBy: try row.value(6),
            updatedAt: try row.value(7),
            updatedBy: try row.value(8),
            lastCheck: checkedAt.map { LastCheck(at: $0, failure: failure) },
            tokenExpiresAt: try row.value(11)
        )
    }

    static func all(in scope: TenantScope) -> Statement<StoredProvider> {
        Statement(
            """
            SELECT id, name, kind, configuration::text, version, created_at, created_by, updated_at,
                updated_by, checked_at, failure, token_expires_at
            FROM secret_providers WHERE tenant_id = $1::uuid ORDER BY lower(name) LIMIT 100
            """,
            [scope.tenant.id],
            StoredProvider.init(row:)
        )
    }

    static func byID(_ id: UUID) -> Statement<StoredProvider> {
        Statement(
            """
            SELECT id, name, kind, configuration::text, version, created_at, created_by, updated_at,
                updated_by, checked_at, failure, token_expires_at
            FROM secret_providers WHERE tenant_id = current_tenant() AND id = $1::uuid
            """,
            [id],
            StoredProvider.init(row:)
        )
    }

    /// The names of secret and certificates by field.
    static func names(of id: UUID) -> Statement<(field: String, name: String)> {
        Statement(
            """
            SELECT u.field, s.name FROM named_secret_uses u
            JOIN named_secrets s ON s.tenant_id = u.tenant_id AND s.id = u.secret_id
            WHERE u.tenant_id = current_tenant() AND u.provider_id = $1::uuid
            UNION ALL
            SELECT u.field, c.name FROM certificate_uses u
            JOIN certificates c ON c.tenant_id = u.tenant_id AND c.id = u.certificate_id
            WHERE u.tenant_id = current_tenant() AND u.provider_id = $1::uuid
            """,
            [id]
        ) { (field: try $0.value(0), name: try $0.value(1)) }
    }
}

extension ProviderEntry {
    static func all(of provider: UUID) -> Statement<ProviderEntry> {
        Statement(
            """
            SELECT id, name, reference::text FROM provider_entries
            WHERE tenant_id = current_tenant() AND provider_id = $1::uuid
            ORDER BY lower(name) LIMIT 200
            """,
            [provider]
        ) { row in
            ProviderEntry(
                id: try row.value(0),
                name: try row.value(1),
                reference: SecretReference(try ProviderJSON.read(try row.value(2)))
            )
        }
    }
}

extension ProviderUse {
    /// The uses of one provider, or of all of the tenant; each with its provider.
    static func all(of id: UUID?) -> Statement<(provider: UUID, use: ProviderUse)> {
        Statement(
            """
            SELECT c.provider_id, p.id, p.name, c.field
            FROM profile_credentials c
            JOIN email_profiles p ON p.tenant_id = c.tenant_id AND p.id = c.profile_id
            WHERE c.tenant_id = current_tenant() AND c.provider_id IS NOT NULL
                AND ($1::uuid IS NULL OR c.provider_id = $1::uuid)
            ORDER BY lower(p.name), c.field
            """,
            [id]
        ) { row in
            (
                provider: try row.value(0),
                use: ProviderUse(
                    profileID: try row.value(1),
                    profileName: try row.value(2),
                    field: try row.value(3)
                )
            )
        }
    }
}

/// Values of fields as the database keeps them: one object of texts.
enum ProviderJSON {
    /// Throws: `SecretsError.damaged` for anything else.
    static func read(_ text: String) throws(SecretsError) -> [String: String] {
        // What is no JSON is no object of texts either, and is said as that.
        guard let json = try? JSON(parsing: Array(text.utf8)), let members = json.members else {
            throw .damaged
        }
        var values: [String: String] = [:]
        for member in members {
            guard let value = member.value.text else { throw .damaged }
            values[member.name] = value
        }
        return values
    }

    static func text(_ values: [String: String]) -> String {
        let members = values.sorted { $0.key < $1.key }.map {
            JSON.Member($0.key, .string($0.value))
        }
        return String(decoding: JSON.object(members).bytes, as: UTF8.self)
    }
}
