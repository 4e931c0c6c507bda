package import Accounts
package import Postgres
import Secrets

extension ProfileStore {
    /// Makes `id` the tenant's one active profile, if it is still of the `version` that was shown.
    ///
    /// `proof` finds out whether a test send with these values, by their fingerprint, was accepted;
    /// it is asked where the installation's policy says so.
    ///
    /// Throws: `AccountsError.notFound`; `FormRejection` when email is disabled in it, when somebody
    /// changed it meanwhile, or when the proof is missing.
    package func activate(
        _ id: UUID,
        version: Int? = nil,
        proof: (@Sendable ([UInt8]) -> Statement<Bool>)? = nil,
        _ scope: TenantScope
    ) async throws {
        try await database.transaction(scope.writing) { transaction in
            let profiles = try await transaction.rows(
                """
                SELECT id, name, is_active, can_send, version, fingerprint FROM email_profiles
                WHERE tenant_id = $1::uuid ORDER BY id FOR UPDATE
                """,
                [scope.tenant.id]
            ) {
                (
                    id: try $0.value(0, as: UUID.self), name: try $0.value(1, as: String.self),
                    isActive: try $0.value(2, as: Bool.self),
                    canSend: try $0.value(3, as: Bool.self),
                    version: try $0.value(4, as: Int.self),
                    fingerprint: try $0.value(5, as: [UInt8].self)
                )
            }
            guard let chosen = profiles.first(where: { $0.id == id }) else {
                throw AccountsError.notFound
            }
            try Self.check(chosen.version, against: version)
            guard chosen.canSend else {
                throw FormRejection([
                    FieldError(
                        "host",
                        "required",
                        "Give the profile a host first, or an application secret for Office 365; "
                            + "without one, email is disabled for it."
                    )
                ])
            }
            guard !chosen.isActive else { return }
            if policy.activationNeedsTest {
                let isProven = try await proof.asyncFlatMap {
                    try await transaction.all($0(chosen.fingerprint)).first
                }
                guard isProven == true else { throw Self.unproven }
            }
            let before = profiles.first(where: \.isActive)
            _ = try await transaction.execute(
                """
                UPDATE email_profiles SET is_active = false
                WHERE tenant_id = $1::uuid AND is_active
                """,
                [scope.tenant.id]
            )
            _ = try await transaction.execute(
                """
                UPDATE email_profiles SET is_active = true
                WHERE tenant_id = $1::uuid AND id = $2::uuid
                """,
                [scope.tenant.id, id]
            )
            try await audit.record(
                AuditEntry(
                    "profile.activated",
                    of: chosen.name,
                    changes: [
                        AuditChange("activeProfile", old: before?.name ?? "", new: chosen.name)
                    ]
                ),
                in: scope,
                transaction
            )
        }
    }

    private static let unproven = FormRejection([
        FieldError(
            "name",
            "unproven",
            "Send a test email with exactly these values first: this installation only activates "
                + "profiles whose test was accepted."
        )
    ])

    private static func check(_ version: Int, against shown: Int?) throws(FormRejection) {
        guard let shown, shown != version else { return }
        throw FormRejection([
            FieldError(
                "name",
                "changed",
                "Somebody changed this profile after you opened the page. Look at it again first."
            )
        ])
    }

    /// Deletes a profile and its credentials, if it is still of the `version` that was shown.
    ///
    /// Throws: `AccountsError.notFound`; `FormRejection` for the active one, or when somebody
    /// changed it meanwhile.
    package func delete(
        _ id: UUID,
        version: Int? = nil,
        _ scope: TenantScope
    ) async throws {
        try await database.transaction(scope.writing) { transaction in
            guard let profile = try await transaction.first(EmailProfile.byID(id, in: scope))
            else { throw AccountsError.notFound }
            try Self.check(profile.version, against: version)
            guard !profile.isActive else {
                throw FormRejection([
                    FieldError(
                        "name",
                        "active",
                        "Activate another profile first; the active one cannot be deleted."
                    )
                ])
            }
            _ = try await transaction.execute(
                """
                DELETE FROM email_profiles
                WHERE tenant_id = $1::uuid AND id = $2::uuid AND NOT is_active
                """,
                [scope.tenant.id, id]
            )
            for secret in profile.credentials.values {
                try await secrets.remove(secret.id, in: transaction)
            }
            try await audit.record(
                AuditEntry("profile.deleted", of: profile.name),
                in: scope,
                transaction
            )
        }
    }
}
