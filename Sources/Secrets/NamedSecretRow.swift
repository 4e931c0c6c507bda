import Accounts
import Observability
package import Postgres
import SMTP
package import SecretProviders

/// A row of `named_secrets`, its value closed.
package struct SealedNamedSecret: Sendable {
    package let id: UUID
    package let name: String
    package let kind: NamedSecretKind
    package let hosts: [String]
    package let version: Int
    let details: [NamedSecretDetail: String]
    let sealed: [UInt8]

    /// To be read together with others.
    package static func find(_ id: UUID) -> Statement<SealedNamedSecret> {
        Statement(
            """
            SELECT id, name, kind, hosts, version, details::text, sealed FROM named_secrets
            WHERE tenant_id = current_tenant() AND id = $1::uuid
            """,
            [id]
        ) { row in
            guard let kind = NamedSecretKind(rawValue: try row.value(2)) else {
                throw SecretsError.damaged
            }
            return SealedNamedSecret(
                id: try row.value(0),
                name: try row.value(1),
                kind: kind,
                hosts: try row.value(3),
                version: try row.value(4),
                details: try NamedSecretDetail.reading(row.value(5)),
                sealed: try row.value(6)
            )
        }
    }

    /// Opens it for one of its servers.
    ///
    /// Throws: `SecretsError.otherServer` for any other, `destinationChanged` when the row was
    /// altered.
    package func open(for host: String, key: TenantKey) throws -> NamedSecretValue {
        guard let canonical = SecretHost.canonical(host), hosts.contains(canonical) else {
            throw SecretsError.otherServer(host, secret: name)
        }
        return try open(key)
    }

    /// Opens it for nobody.
    ///
    /// Throws: `SecretsError.destinationChanged` when the row was altered.
    func open(_ key: TenantKey) throws -> NamedSecretValue {
        let value = try key.open(
            sealed,
            purpose: "named-secret",
            fields: NamedSecretBinding.fields(id, version, kind, details, hosts)
        )
        return NamedSecretValue(kind, details: details, value: value)
    }
}

/// What a value is sealed with besides the tenant, which its key adds.
enum NamedSecretBinding {
    static func fields(
        _ id: UUID,
        _ version: Int,
        _ kind: NamedSecretKind,
        _ details: [NamedSecretDetail: String],
        _ hosts: [String]
    ) -> [String] {
        let described = NamedSecretDetail.allCases.flatMap { detail in
            details[detail].map { [detail.rawValue, $0] } ?? []
        }
        // The count keeps details and hosts apart.
        return [id.description, String(version), kind.rawValue, String(described.count)]
            + described + hosts
    }
}

extension NamedSecretDetail {
    static func json(_ details: [NamedSecretDetail: String]) -> String {
        let members = allCases.compactMap { detail in
            details[detail].map { JSON.Member(detail.rawValue, .string($0)) }
        }
        return String(decoding: JSON.object(members).bytes, as: UTF8.self)
    }

    /// Throws: `SecretsError.damaged`.
    static func reading(_ text: String) throws -> [NamedSecretDetail: String] {
        var details: [NamedSecretDetail: String] = [:]
        for member in try JSON(parsing: Array(text.utf8)).members ?? [] {
            guard let detail = NamedSecretDetail(rawValue: member.name),
                let value = member.value.text
            else { throw SecretsError.damaged }
            details[detail] = value
        }
        return details
    }
}

extension NamedSecret {
    /// One secret, or all of the tenant by name.
    static func all(_ id: UUID?, in scope: TenantScope) -> Statement<NamedSecret> {
        Statement(
            """
            SELECT id, name, description, kind, details::text, hosts, expires_on, version, revision,
                created_at, created_by, updated_at, updated_by, last_used_at
            FROM named_secrets
            WHERE tenant_id = $1::uuid AND ($2::uuid IS NULL OR id = $2::uuid)
            ORDER BY lower(name) LIMIT 500
            """,
            [scope.tenant.id, id],
            NamedSecret.init(row:)
        )
    }

    private init(row: Row) throws {
        guard let kind = NamedSecretKind(rawValue: try row.value(3)) else {
            throw SecretsError.damaged
        }
        self.init(
            id: try row.value(0),
            name: try row.value(1),
            description: try row.value(2),
            kind: kind,
            details: try NamedSecretDetail.reading(row.value(4)),
            hosts: try row.value(5),
            expiresOn: try row.value(6),
            version: try row.value(7),
            revision: try row.value(8),
            createdAt: try row.value(9),
            createdBy: try row.value(10),
            updatedAt: try row.value(11),
            updatedBy: try row.value(12),
            lastUsedAt: try row.value(13),
            uses: [],
            daysLeft: nil
        )
    }

    /// As it looks today, with its uses.
    func with(_ uses: [NamedSecretUse], on today: Day) -> NamedSecret {
        NamedSecret(
            id: id,
            name: name,
            description: description,
            kind: kind,
            details: details,
            hosts: hosts,
            expiresOn: expiresOn,
            version: version,
            revision: revision,
            createdAt: createdAt,
            createdBy: createdBy,
            updatedAt: updatedAt,
            updatedBy: updatedBy,
            lastUsedAt: lastUsedAt,
            uses: uses,
            daysLeft: expiresOn.map(today.days)
        )
    }
}

extension NamedSecretUse {
    /// The uses of one secret, or of all of the tenant; each with its secret.
    static func all(
        of id: UUID?,
        in scope: TenantScope
    ) -> Statement<(secret: UUID, use: NamedSecretUse)> {
        Statement(
            """
            SELECT used.secret_id, used.owner, used.owner_id, used.name, used.field
            FROM (
                SELECT u.tenant_id, u.secret_id, 'profile' AS owner, p.id AS owner_id, p.name,
                    u.field
                FROM named_secret_uses u
                JOIN email_profiles p ON p.tenant_id = u.tenant_id AND p.id = u.profile_id
                UNION
                SELECT c.tenant_id, c.named_secret_id, 'profile', p.id, p.name, c.field
                FROM profile_credentials c
                JOIN email_profiles p ON p.tenant_id = c.tenant_id AND p.id = c.profile_id
                WHERE c.named_secret_id IS NOT NULL
                UNION
                SELECT u.tenant_id, u.secret_id, 'provider', v.id, v.name, u.field
                FROM named_secret_uses u
                JOIN secret_providers v ON v.tenant_id = u.tenant_id AND v.id = u.provider_id
            ) used
            WHERE used.tenant_id = $1::uuid AND ($2::uuid IS NULL OR used.secret_id = $2::uuid)
            ORDER BY used.owner, lower(used.name), used.field
            """,
            [scope.tenant.id, id]
        ) { row in
            guard let owner = Owner(rawValue: try row.value(1)) else { throw SecretsError.damaged }
            return (
                secret: try row.value(0),
                use: NamedSecretUse(
                    owner: owner,
                    ownerID: try row.value(2),
                    ownerName: try row.value(3),
                    field: try row.value(4)
                )
            )
        }
    }
}
