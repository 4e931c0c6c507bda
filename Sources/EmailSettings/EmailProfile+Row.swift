import Accounts
import Mail
import Postgres
import SMTP
import SecretProviders
import Secrets

extension EmailProfile {
    static func byID(_ id: UUID, in scope: TenantScope) -> Statement<EmailProfile> {
        Statement(
            """
            SELECT p.id, p.settings, p.is_active, p.fingerprint, p.version, p.updated_at,
                p.updated_by, c.fields, c.ids, c.times, c.names, c.named, c.providers, c.kinds,
                c.sources, c."references"
            FROM email_profiles p LEFT JOIN LATERAL (
                SELECT array_agg(k.field) AS fields, array_agg(s.id) AS ids,
                    array_agg(s.set_at) AS times, array_agg(s.set_by) AS names,
                    array_agg(coalesce(k.named_secret_id::text, '')) AS named,
                    array_agg(coalesce(k.provider_id::text, '')) AS providers,
                    array_agg(coalesce(v.kind, '')) AS kinds,
                    array_agg(coalesce(n.name, v.name, '')) AS sources,
                    array_agg(coalesce(k.reference::text, '')) AS "references"
                FROM profile_credentials k JOIN secrets s ON s.id = k.secret_id
                    LEFT JOIN named_secrets n ON n.id = k.named_secret_id
                    LEFT JOIN secret_providers v ON v.id = k.provider_id
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
                p.updated_by, c.fields, c.ids, c.times, c.names, c.named, c.providers, c.kinds,
                c.sources, c."references"
            FROM email_profiles p LEFT JOIN LATERAL (
                SELECT array_agg(k.field) AS fields, array_agg(s.id) AS ids,
                    array_agg(s.set_at) AS times, array_agg(s.set_by) AS names,
                    array_agg(coalesce(k.named_secret_id::text, '')) AS named,
                    array_agg(coalesce(k.provider_id::text, '')) AS providers,
                    array_agg(coalesce(v.kind, '')) AS kinds,
                    array_agg(coalesce(n.name, v.name, '')) AS sources,
                    array_agg(coalesce(k.reference::text, '')) AS "references"
                FROM profile_credentials k JOIN secrets s ON s.id = k.secret_id
                    LEFT JOIN named_secrets n ON n.id = k.named_secret_id
                    LEFT JOIN secret_providers v ON v.id = k.provider_id
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
        let sources = try StoredSources(row, from: 11)
        var credentials: [CredentialField: StoredSecret] = [:]
        for (index, name) in fields.enumerated() {
            guard let field = CredentialField(rawValue: name) else { continue }
            credentials[field] = StoredSecret(
                id: ids[index],
                setAt: times[index],
                setBy: names[index],
                source: sources[index]
            )
        }
        self.credentials = credentials
    }
}

/// Where credentials of a row come from, in their order.
private struct StoredSources {
    private let named: [String]
    private let providers: [String]
    private let kinds: [String]
    private let names: [String]
    private let references: [String]

    init(_ row: Row, from column: Int) throws {
        func texts(_ offset: Int) throws -> [String] {
            try row.value(column + offset, as: [String]?.self) ?? []
        }
        named = try texts(0)
        providers = try texts(1)
        kinds = try texts(2)
        names = try texts(3)
        references = try texts(4)
    }

    subscript(index: Int) -> StoredSource? {
        if let id = UUID(named[index]) {
            return StoredSource(.named(id), name: names[index], kind: nil)
        }
        guard let id = UUID(providers[index]),
            // The column's type is jsonb: it can be read.
            let json = try? JSON(parsing: Array(references[index].utf8)),
            let reference = SecretReference(json)
        else { return nil }
        return StoredSource(
            .provider(id, reference),
            name: names[index],
            kind: ProviderKind(rawValue: kinds[index])
        )
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
        destination =
            try row.value(11) == false
            ? ""
            : try row.value(10) == DeliveryMethod.office365.rawValue
                ? Self.office : Self.destination(host, port, try row.value(5))
        isActive = try row.value(6)
        fingerprint = try row.value(7)
        fromAddress = try row.value(8)
        updatedAt = try row.value(9)
    }
}
