import Observability
package import Postgres

/// A customer of the product, with people and email settings of its own.
package struct Tenant: Sendable, Equatable {
    package let id: UUID
    package let slug: TenantSlug
    package let name: String
    package let edition: Edition
}

/// A person's place in a tenant.
package struct Membership: Sendable, Equatable {
    package let tenant: Tenant
    package let role: Role
}
