package import Postgres

/// Decides who may do what; every page and every change asks here first.
package struct Authoriser: Sendable {
    let database: Database
    let audit: AuditTrail

    /// A session ends when nothing was asked for this long.
    package static let idleLimit: Duration = .seconds(30 * 60)
    /// A session ends this long after the sign-in.
    package static let absoluteLimit: Duration = .seconds(12 * 60 * 60)

    package init(database: Database, audit: AuditTrail) {
        self.database = database
        self.audit = audit
    }

    /// The visit of the session behind `token`, with the tenant of `slug` first in its list.
    ///
    /// Throws: `signInRequired` when the session is unknown, ended, or its person disabled.
    package func visit(
        _ token: SessionToken,
        slug: TenantSlug? = nil,
        origin: Origin
    ) async throws -> Visit {
        let scope = TransactionScope(settings: [], readOnly: true)
        let (sessions, memberships) = try await database.read(
            scope,
            Self.session(token.hash),
            Self.memberships(first: slug)
        )
        guard let session = sessions.first else { throw AccountsError.signInRequired }
        if session.isStale { try await touch(token) }
        return Visit(
            person: session.person,
            sessionID: session.id,
            token: token,
            origin: origin,
            memberships: memberships
        )
    }

    /// Lets a visit into the tenant `slug`.
    ///
    /// Throws: `notFound` when the person does not belong there, `missingPermission` when the role
    /// does not allow it; the refusal is recorded.
    package func enter(
        _ slug: TenantSlug,
        _ visit: Visit,
        needing permission: Permission?
    ) async throws -> TenantVisit {
        guard let membership = visit.memberships.first(where: { $0.tenant.slug == slug }) else {
            throw AccountsError.notFound
        }
        if let permission, !membership.role.permissions.contains(permission) {
            let entry = AuditEntry(
                "access.denied",
                of: permission.rawValue,
                outcome: .denied
            )
            try await audit.recordAlone(
                entry,
                by: visit.actor,
                tenant: membership.tenant.id
            )
            throw AccountsError.missingPermission(permission)
        }
        let scope = TenantScope(tenant: membership.tenant, actor: visit.actor)
        return TenantVisit(visit: visit, membership: membership, scope: scope)
    }

    /// Lets a visit into the support pages.
    package func enterSupport(_ visit: Visit) async throws -> SupportScope {
        guard visit.permissions.contains(.supportRead) else {
            try await audit.recordAlone(
                AuditEntry(
                    "access.denied",
                    of: Permission.supportRead.rawValue,
                    outcome: .denied
                ),
                by: visit.actor,
                tenant: nil
            )
            throw AccountsError.missingPermission(.supportRead)
        }
        return SupportScope(actor: visit.actor)
    }

    /// The scope of set-up work on the command line, which runs as the operator.
    package static func commandLine(for tenant: Tenant) -> TenantScope {
        TenantScope(
            tenant: tenant,
            actor: .commandLine
        )
    }

    private func touch(_ token: SessionToken) async throws {
        try await database.transaction(.anonymous) { transaction in
            _ = try await transaction.execute(
                "UPDATE sessions SET last_seen_at = now() WHERE token_hash = $1",
                [token.hash]
            )
        }
    }

    private struct FoundSession: Sendable {
        let person: Person
        let id: UUID
        let isStale: Bool
    }

    /// Finds the session and says to the transaction who it is, for the statement after it.
    private static func session(_ hash: [UInt8]) -> Statement<FoundSession> {
        Statement(
            """
            SELECT u.id, u.email, u.name, u.platform_role, s.id,
                s.last_seen_at < now() - interval '1 minute',
                set_config('sendproof.user', u.id::text, true)
            FROM sessions s JOIN users u ON u.id = s.user_id
            WHERE s.token_hash = $1 AND s.expires_at > now()
                AND s.last_seen_at > now() - make_interval(secs => $2::int)
                AND u.disabled_at IS NULL
            """,
            [hash, Int(idleLimit.components.seconds)]
        ) { row in
            let role: String? = try row.value(3)
            return FoundSession(
                person: Person(
                    id: try row.value(0),
                    email: try row.value(1),
                    name: try row.value(2),
                    platformRole: role.flatMap(PlatformRole.init(rawValue:))
                ),
                id: try row.value(4),
                isStale: try row.value(5)
            )
        }
    }

    private static func memberships(first slug: TenantSlug?) -> Statement<Membership> {
        Statement(
            """
            SELECT t.id, t.slug, t.name, t.edition, m.role
            FROM memberships m JOIN tenants t ON t.id = m.tenant_id
            WHERE m.user_id = current_person()
            ORDER BY t.slug = $1 DESC, t.name, t.id LIMIT 50
            """,
            [slug?.text ?? ""],
            Membership.init(row:)
        )
    }
}

extension Membership {
    init(row: Row) throws {
        let role: String = try row.value(4)
        guard let role = Role(rawValue: role) else { throw AccountsError.notFound }
        self.init(tenant: try Tenant(row: row), role: role)
    }
}

extension Tenant {
    /// Columns id, slug, name, edition.
    init(row: Row) throws {
        let slug: String = try row.value(1)
        let edition: String = try row.value(3)
        guard let slug = TenantSlug(slug), let edition = Edition(rawValue: edition) else {
            throw AccountsError.notFound
        }
        self.init(
            id: try row.value(0),
            slug: slug,
            name: try row.value(2),
            edition: edition
        )
    }
}
