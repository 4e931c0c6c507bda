import Accounts
import Cryptography
import Observability
import Postgres

/// A row of `certificates`, its sealed values closed.
struct CertificateRow: Sendable {
    let id: UUID
    let name: String
    let kind: CertificateKind
    let source: CertificateSource
    let filePassword: [UInt8]?
    let content: [UInt8]?
    let privateKey: [UInt8]?
    let request: [UInt8]?
    let version: Int
    let createdAt: Timestamp
    let createdBy: String
    let updatedAt: Timestamp
    let updatedBy: String

    init(row: Row) throws {
        guard let kind = CertificateKind(rawValue: try row.value(2)) else {
            throw SecretsError.damaged
        }
        let file: String? = try row.value(3)
        let isCached: Bool = try row.value(4)
        id = try row.value(0)
        name = try row.value(1)
        self.kind = kind
        source = file.map { .file(name: $0, isCached: isCached) } ?? .stored
        filePassword = try row.value(5)
        content = try row.value(6)
        privateKey = try row.value(7)
        request = try row.value(8)
        version = try row.value(9)
        createdAt = try row.value(10)
        createdBy = try row.value(11)
        updatedAt = try row.value(12)
        updatedBy = try row.value(13)
    }

    static func all(in scope: TenantScope) -> Statement<CertificateRow> {
        Statement(
            """
            SELECT id, name, kind, file_name, is_cached, file_password, certificates, private_key,
                request, version, created_at, created_by, updated_at, updated_by
            FROM certificates WHERE tenant_id = $1::uuid ORDER BY lower(name) LIMIT 200
            """,
            [scope.tenant.id],
            CertificateRow.init(row:)
        )
    }

    static func byID(_ id: UUID) -> Statement<CertificateRow> {
        Statement(
            """
            SELECT id, name, kind, file_name, is_cached, file_password, certificates, private_key,
                request, version, created_at, created_by, updated_at, updated_by
            FROM certificates WHERE tenant_id = current_tenant() AND id = $1::uuid
            """,
            [id],
            CertificateRow.init(row:)
        )
    }

    /// The name of the file that is read at each use; nil when the content is here.
    var fileReadAtUse: String? {
        if case .file(let name, isCached: false) = source { return name }
        return nil
    }

    /// Opens the file's password.
    func password(_ key: TenantKey) throws -> Redacted<[UInt8]>? {
        guard let filePassword, case .file(let file, _) = source else { return nil }
        return try key.open(
            filePassword,
            purpose: "certificate-file-password",
            fields: [id.description, file]
        )
    }

    /// Opens the private key: PKCS#8 in DER.
    func openKey(_ key: TenantKey) throws -> Redacted<[UInt8]>? {
        try privateKey.map {
            try key.open($0, purpose: "certificate-key", fields: [id.description])
        }
    }
}

extension CertificateUse {
    /// The uses of one certificate, or of all of the tenant; each with its certificate.
    static func all(
        of id: UUID?,
        in scope: TenantScope
    ) -> Statement<(certificate: UUID, use: CertificateUse)> {
        Statement(
            """
            SELECT u.certificate_id, u.field, p.id, s.id, COALESCE(p.name, s.name)
            FROM certificate_uses u
            LEFT JOIN email_profiles p ON p.tenant_id = u.tenant_id AND p.id = u.profile_id
            LEFT JOIN secret_providers s ON s.tenant_id = u.tenant_id AND s.id = u.provider_id
            WHERE u.tenant_id = $1::uuid AND ($2::uuid IS NULL OR u.certificate_id = $2::uuid)
            ORDER BY lower(COALESCE(p.name, s.name)), u.field
            """,
            [scope.tenant.id, id]
        ) { row in
            guard let role = CertificateRole(rawValue: try row.value(1)) else {
                throw SecretsError.damaged
            }
            let profile: UUID? = try row.value(2)
            let provider: UUID? = try row.value(3)
            let user = profile.map(CertificateUse.User.profile) ?? provider.map { .provider($0) }
            guard let user else { throw SecretsError.damaged }
            return (
                certificate: try row.value(0),
                use: CertificateUse(role: role, user: user, name: try row.value(4))
            )
        }
    }
}
