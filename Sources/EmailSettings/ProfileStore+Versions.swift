package import Accounts
package import Postgres

/// A profile as it was saved once.
package struct ProfileVersion: Sendable {
    package let number: Int
    package let form: ProfileForm
    /// The credentials that were set then.
    package let credentials: [CredentialField]
    package let savedAt: Timestamp
    package let savedBy: String
}

extension ProfileStore {
    /// How many versions of a profile are kept.
    package static let versionLimit = 200

    /// The versions of a profile, the last one first.
    package func versions(
        of id: UUID,
        _ scope: TenantScope
    ) async throws -> [ProfileVersion] {
        try await database.read(
            scope.reading,
            Statement(
                """
                SELECT version, settings, credentials, saved_at, saved_by FROM profile_versions
                WHERE tenant_id = $1::uuid AND profile_id = $2::uuid ORDER BY version DESC
                """,
                [scope.tenant.id, id]
            ) { row in
                ProfileVersion(
                    number: try row.value(0),
                    form: try ProfileForm(stored: try row.value(1)),
                    credentials: try row.value(2, as: [String].self)
                        .compactMap(CredentialField.init(rawValue:)),
                    savedAt: try row.value(3),
                    savedBy: try row.value(4)
                )
            }
        )
    }
}
