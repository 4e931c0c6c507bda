package import Cryptography
package import Postgres

/// A token as its maker sees it; the token itself is not in it.
package struct TokenSummary: Sendable {
    package let id: UUID
    package let tenantName: String
    package let name: String
    package let permissions: [String]
    package let createdAt: Timestamp
    /// To the minute; nil: never.
    package let lastUsedAt: Timestamp?
    package let expiresAt: Timestamp
    package let isExpired: Bool
}

/// Makes, lists and revokes the tokens of programs.
package struct TokenStore: Sendable {
    private let database: Database
    private let audit: AuditTrail
    private let random: RandomSource

    /// The most tokens a person may have in a tenant at a time.
    package static let limit = 20

    package init(database: Database, audit: AuditTrail, random: RandomSource) {
        self.database = database
        self.audit = audit
        self.random = random
    }

    /// The person's tokens in all tenants, the newest first; expired ones for 30 days, revoked ones
    /// no more.
    package func tokens(of visit: Visit) async throws -> [TokenSummary] {
        try await database.read(
            Self.own(visit),
            Statement(
                """
                SELECT a.id, t.name, a.name, a.permissions, a.created_at, a.last_used_at,
                    a.expires_at, a.expires_at <= now()
                FROM api_tokens a JOIN tenants t ON t.id = a.tenant_id
                WHERE a.user_id = $1::uuid AND a.revoked_at IS NULL
                    AND a.expires_at > now() - interval '30 days'
                ORDER BY a.created_at DESC, a.id LIMIT 1000
                """,
                [visit.person.id]
            ) {
                TokenSummary(
                    id: try $0.value(0),
                    tenantName: try $0.value(1),
                    name: try $0.value(2),
                    permissions: try $0.value(3),
                    createdAt: try $0.value(4),
                    lastUsedAt: try $0.value(5),
                    expiresAt: try $0.value(6),
                    isExpired: try $0.value(7)
                )
            }
        )
    }

    /// Makes a token for the tenant; it can be read from the answer and never again.
    ///
    /// Throws: `AccountsError.missingPermission` without `tokens.modify`; `TokenRejection` when
    /// there are too many, or for a permission that the person does not have.
    package func create(_ draft: TokenDraft, _ access: TenantVisit) async throws -> APIToken {
        guard access.may(.tokensModify) else {
            throw AccountsError.missingPermission(.tokensModify)
        }
        guard draft.permissions.allSatisfy(access.may) else {
            throw TokenRejection(problems: [
                TokenProblem("permissions", "notYours", "Choose only what you may do yourself.")
            ])
        }
        let token = APIToken(random: random)
        try await database.transaction(access.scope.writing) { transaction in
            try await Self.checkLimit(access, transaction)
            _ = try await transaction.execute(
                """
                INSERT INTO api_tokens (id, tenant_id, user_id, name, token_hash, permissions,
                    expires_at)
                VALUES ($1::uuid, $2::uuid, $3::uuid, $4, $5, $6::text[],
                    now() + make_interval(days => $7::int))
                """,
                [
                    UUID(random: random), access.tenant.id, access.person.id, draft.name,
                    token.hash, draft.permissions.map(\.rawValue).sorted(), draft.days,
                ]
            )
            try await audit.record(
                AuditEntry("token.created", of: draft.name, changes: draft.auditChanges),
                in: access.scope,
                transaction
            )
        }
        return token
    }

    /// Ends one of the person's own tokens at once.
    ///
    /// Throws: `AccountsError.notFound` for somebody else's, and for one that was revoked before.
    package func revoke(_ id: UUID, _ visit: Visit) async throws {
        try await database.transaction(Self.own(visit, readOnly: false)) { transaction in
            let revoked = try await transaction.first(
                """
                UPDATE api_tokens SET revoked_at = now()
                WHERE id = $1::uuid AND user_id = $2::uuid AND revoked_at IS NULL
                RETURNING tenant_id, name, set_config('sendproof.tenant', tenant_id::text, true)
                """,
                [id, visit.person.id]
            ) { (tenant: try $0.value(0, as: UUID.self), name: try $0.value(1, as: String.self)) }
            guard let revoked else { throw AccountsError.notFound }
            try await audit.record(
                AuditEntry("token.revoked", of: revoked.name),
                by: visit.actor,
                tenant: revoked.tenant,
                in: transaction
            )
        }
    }

    private static func checkLimit(
        _ access: TenantVisit,
        _ transaction: Transaction
    ) async throws {
        let count = try await transaction.only(
            """
            SELECT count(*) FROM api_tokens
            WHERE tenant_id = $1::uuid AND user_id = $2::uuid AND revoked_at IS NULL
                AND expires_at > now()
            """,
            [access.tenant.id, access.person.id]
        ) { try $0.value(0, as: Int.self) }
        guard count < limit else {
            throw TokenRejection(problems: [
                TokenProblem(
                    "name",
                    "tooMany",
                    "Revoke a token first; you can have \(limit) in a tenant."
                )
            ])
        }
    }

    private static func own(_ visit: Visit, readOnly: Bool = true) -> TransactionScope {
        TransactionScope(
            settings: [("sendproof.user", visit.person.id.description)],
            readOnly: readOnly
        )
    }
}

extension TokenDraft {
    fileprivate var auditChanges: [AuditChange] {
        let names = permissions.map(\.rawValue).sorted().joined(separator: " ")
        return [
            AuditChange("permissions", old: "", new: names),
            AuditChange("days", old: "", new: String(days)),
        ]
    }
}
