import Accounts
import Postgres

extension AttemptStore {
    /// The name of the claim's tenant in addresses; nil when the tenant is gone.
    func slug(of tenant: UUID) async throws -> TenantSlug? {
        let found = try await database.read(
            .worker(for: tenant, readOnly: true),
            Statement("SELECT slug FROM tenants WHERE id = $1::uuid", [tenant]) {
                try $0.value(0, as: String.self)
            }
        )
        return found.first.flatMap { TenantSlug($0) }
    }
}
