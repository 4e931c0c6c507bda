package import Postgres

/// A signed-in person's request: who it is and where the person belongs.
///
/// It can only be had from the `Authoriser`, with a living session.
package struct Visit: Sendable {
    package let person: Person
    package let sessionID: UUID
    package let token: SessionToken
    package let origin: Origin
    /// The tenants the person belongs to; the one asked for comes first, at most 50.
    package let memberships: [Membership]

    package var actor: AuditActor { AuditActor(id: person.id, name: person.name, origin: origin) }

    package var permissions: Set<Permission> { person.platformRole?.permissions ?? [] }
}

/// A visit inside one tenant, with the permissions the person has there.
package struct TenantVisit: Sendable {
    package let visit: Visit
    package let membership: Membership
    package let scope: TenantScope

    package var tenant: Tenant { membership.tenant }
    package var person: Person { visit.person }

    package func may(_ permission: Permission) -> Bool {
        membership.role.permissions.contains(permission)
    }
}
