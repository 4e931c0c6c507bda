package import Accounts
import OAuth
package import Postgres

extension ProfileStore {
    /// The settings of a saved profile that signs in with an authorization; nil of any other.
    ///
    /// Throws: `FormRejection` when they do not hold together.
    package func settingsWithAuthorization(
        of id: UUID,
        _ scope: TenantScope
    ) async throws -> EffectiveSettings? {
        guard let saved = try await profile(id, scope) else { return nil }
        let settings = try await effectiveSettings(
            of: saved.form.parse(),
            .keepAll,
            saved: id,
            scope
        )
        guard case .refreshToken? = settings.tokenSource?.grant else { return nil }
        return settings
    }
}
