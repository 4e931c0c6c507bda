import Cryptography
import Postgres

extension Authoriser {
    /// The visit of the program that shows `token`.
    ///
    /// What the token may do is looked up at each request: a permission that was taken from its
    /// maker, a person who was disabled or left the tenant, end it at once. Takes the same way for
    /// a token that nobody made. Throws: `TokenRefusal`; the refusal is recorded and counted.
    package func visit(_ token: APIToken, origin: Origin) async throws -> TokenVisit {
        let scope = TransactionScope(
            settings: [("sendproof.token", Hexadecimal.encode(token.hash))],
            readOnly: true
        )
        let (tokens, memberships) = try await database.read(
            scope,
            Self.token(token.hash),
            Self.membership(ofToken: token.hash)
        )
        guard let found = tokens.first, let membership = memberships.first else {
            throw try await counted(.unknown, origin, nil, nil)
        }
        if let refusal = found.refusal {
            throw try await counted(refusal, origin, found, membership.tenant)
        }
        let visit = TokenVisit(
            tokenID: found.id,
            tokenName: found.name,
            expiresAt: found.expiresAt,
            person: found.person,
            membership: membership,
            permissions: found.permissions.intersection(membership.role.permissions),
            origin: origin
        )
        if found.isStale { try await touch(visit) }
        return visit
    }

    /// Counts and records that text was shown as a token that cannot be one.
    ///
    /// Gives the refusal to answer with.
    package func refuse(_ origin: Origin) async throws -> TokenRefusal {
        try await counted(.unknown, origin, nil, nil)
    }

    /// Lets a program into the tenant `slug`.
    ///
    /// Throws: `notFound` when it is not the token's, `missingPermission` when the token or its
    /// maker does not have the permission; that refusal is recorded.
    package func enter(
        _ slug: TenantSlug,
        _ visit: TokenVisit,
        needing permission: Permission?
    ) async throws -> TokenAccess {
        guard visit.tenant.slug == slug else { throw AccountsError.notFound }
        if let permission, !visit.permissions.contains(permission) {
            try await audit.recordAlone(
                AuditEntry("access.denied", of: permission.rawValue, outcome: .denied),
                by: visit.actor,
                tenant: visit.tenant.id
            )
            throw AccountsError.missingPermission(permission)
        }
        let scope = TenantScope(tenant: visit.tenant, actor: visit.actor)
        return TokenAccess(visit: visit, scope: scope)
    }

    private func touch(_ visit: TokenVisit) async throws {
        let scope = TenantScope(tenant: visit.tenant, actor: visit.actor)
        try await database.transaction(scope.writing) { transaction in
            _ = try await transaction.execute(
                """
                UPDATE api_tokens SET last_used_at = now()
                WHERE id = $1::uuid AND tenant_id = $2::uuid
                    AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')
                """,
                [visit.tokenID, visit.tenant.id]
            )
        }
    }

    private func counted(
        _ refusal: TokenRefusal,
        _ origin: Origin,
        _ found: FoundToken?,
        _ tenant: Tenant?
    ) async throws -> TokenRefusal {
        let settings = tenant.map {
            [("sendproof.tenant" as StaticString, $0.id.description)]
        }
        let scope = TransactionScope(settings: settings ?? [], readOnly: false)
        let seconds = try await database.transaction(scope) { transaction -> Int? in
            let throttle = SignInThrottle(wrongTokensFrom: origin.address)
            if let seconds = try await throttle.countAttempt(in: transaction) { return seconds }
            let name = found?.name ?? "unknown token"
            try await audit.record(
                AuditEntry(
                    "token.refused",
                    of: name,
                    outcome: .denied,
                    changes: [AuditChange("reason", old: "", new: refusal.code)]
                ),
                by: AuditActor(id: found?.person.id, name: name, origin: origin),
                tenant: tenant?.id,
                in: transaction
            )
            return nil
        }
        return seconds.map { .throttled(seconds: $0) } ?? refusal
    }

    private struct FoundToken: Sendable {
        let id: UUID
        let name: String
        let permissions: Set<Permission>
        let expiresAt: Timestamp
        let isExpired: Bool
        let isRevoked: Bool
        let isDisabled: Bool
        let isStale: Bool
        let person: Person

        var refusal: TokenRefusal? {
            if isRevoked { return .revoked }
            if isExpired { return .expired }
            return isDisabled ? .personDisabled : nil
        }
    }

    /// Finds the token and says to the transaction whose it is, for the statement after it.
    private static func token(_ hash: [UInt8]) -> Statement<FoundToken> {
        Statement(
            """
            SELECT a.id, a.name, a.permissions, a.expires_at, a.expires_at <= now(),
                a.revoked_at IS NOT NULL, u.disabled_at IS NOT NULL,
                a.last_used_at IS NULL OR a.last_used_at < now() - interval '1 minute',
                u.id, u.email, u.name, u.platform_role,
                set_config('sendproof.user', u.id::text, true)
            FROM api_tokens a JOIN users u ON u.id = a.user_id
            WHERE a.token_hash = $1
            """,
            [hash]
        ) { row in
            let permissions: [String] = try row.value(2)
            let role: String? = try row.value(11)
            return FoundToken(
                id: try row.value(0),
                name: try row.value(1),
                permissions: Set(permissions.compactMap(Permission.init(rawValue:))),
                expiresAt: try row.value(3),
                isExpired: try row.value(4),
                isRevoked: try row.value(5),
                isDisabled: try row.value(6),
                isStale: try row.value(7),
                person: Person(
                    id: try row.value(8),
                    email: try row.value(9),
                    name: try row.value(10),
                    platformRole: role.flatMap(PlatformRole.init(rawValue:))
                )
            )
        }
    }

    private static func membership(ofToken hash: [UInt8]) -> Statement<Membership> {
        Statement(
            """
            SELECT t.id, t.slug, t.name, t.edition, m.role
            FROM api_tokens a
            JOIN memberships m ON m.tenant_id = a.tenant_id AND m.user_id = a.user_id
            JOIN tenants t ON t.id = a.tenant_id
            WHERE a.token_hash = $1 AND m.user_id = current_person()
            """,
            [hash],
            Membership.init(row:)
        )
    }
}
