package import Postgres

extension Authoriser {
    /// The scope of the background work for a tenant, in which the trail names Sendproof itself.
    ///
    /// Throws: `AccountsError.notFound` when the tenant is gone.
    package func background(for tenant: UUID) async throws -> TenantScope {
        let found = try await database.read(
            .worker(for: tenant, readOnly: true),
            Statement(
                "SELECT id, slug, name, edition FROM tenants WHERE id = current_tenant()",
                [],
                Tenant.init(row:)
            )
        ).first
        guard let found else { throw AccountsError.notFound }
        let origin = Origin(address: "", userAgent: "", requestID: "")
        return TenantScope(
            tenant: found,
            actor: AuditActor(id: nil, name: "Sendproof", origin: origin)
        )
    }
}
