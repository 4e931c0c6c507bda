package import Postgres

/// A request of a program with a token: for whom it acts, where, and what it may do.
///
/// It can only be had from the `Authoriser`, with a living token.
package struct TokenVisit: Sendable {
    package let tokenID: UUID
    package let tokenName: String
    package let expiresAt: Timestamp
    /// Who made the token.
    package let person: Person
    /// The one tenant of the token, with the role its maker has there now.
    package let membership: Membership
    /// Those of the token that its maker still has.
    package let permissions: Set<Permission>
    package let origin: Origin

    package var tenant: Tenant { membership.tenant }

    /// The person, and that it was a token.
    package var actor: AuditActor {
        AuditActor(id: person.id, name: "\(person.name) (token \(tokenName))", origin: origin)
    }
}

/// A program inside the tenant of its token, with the permission that it asked for.
package struct TokenAccess: Sendable {
    package let visit: TokenVisit
    package let scope: TenantScope

    package var tenant: Tenant { visit.tenant }

    package func may(_ permission: Permission) -> Bool {
        visit.permissions.contains(permission)
    }
}
