package import Postgres

/// The tenants, as support staff may list them.
package struct TenantDirectory: Sendable {
    private let database: Database

    package init(database: Database) {
        self.database = database
    }

    /// All tenants by name; at most 10,000.
    package func tenants(_ scope: SupportScope) async throws -> [Tenant] {
        try await database.read(
            scope.reading,
            Statement(
                "SELECT id, slug, name, edition FROM tenants ORDER BY name, id LIMIT 10000",
                [],
                Tenant.init(row:)
            )
        )
    }
}
