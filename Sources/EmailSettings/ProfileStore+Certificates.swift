package import Accounts
import Cryptography
package import Mail
import Postgres
import SMTP
package import Secrets
import Sockets

extension ProfileStore {
    /// What each field may name, with what is wrong with it.
    package func certificateChoices(
        _ scope: TenantScope
    ) async throws -> [ProfileField: [CertificateChoice]] {
        let choices = try await certificates.choices(scope)
        return Dictionary(
            uniqueKeysWithValues: CertificateMaterials.fields.compactMap { field in
                field.role.flatMap { choices[$0] }.map { (field, $0) }
            }
        )
    }

    /// Signs or encrypts a sample as a message with these settings would be.
    ///
    /// Throws: `FormRejection` when the settings do not hold together.
    package func verify(
        _ purpose: SMIMEPurpose,
        _ draft: ProfileDraft,
        _ scope: TenantScope
    ) async throws -> SMIMEVerification {
        let from = try Self.sender(of: draft)
        let materials = try await materials(of: draft, scope)
        let now = MessageDate(secondsSince1970: Timestamp.now().microseconds / 1_000_000)
        return try await pool.run {
            do throws(SMIMEProblem) {
                switch purpose {
                case .signing:
                    guard let signing = try materials.signing(draft.smime) else {
                        throw .unreadable
                    }
                    return SMIMEVerification(of: signing, from: from, at: now)
                case .encryption:
                    guard let encryption = try materials.encryption(draft.smime) else {
                        throw .noRecipients
                    }
                    return SMIMEVerification(of: encryption, from: from, at: now)
                }
            } catch { return SMIMEVerification(failed: error) }
        }
    }

    /// The header of a message with these settings, as it will be sent.
    ///
    /// Throws: `FormRejection`; `MailError` when the From address cannot name a message.
    package func headerPreview(
        of draft: ProfileDraft,
        _ scope: TenantScope
    ) async throws -> [HeaderLine] {
        let message = try Message.sample(
            from: try Self.sender(of: draft),
            options: draft.message.options,
            date: MessageDate(secondsSince1970: Timestamp.now().microseconds / 1_000_000)
        )
        guard draft.smime.signEnabled || draft.smime.encryptEnabled else {
            return message.headerPreview
        }
        let materials = try await materials(of: draft, scope)
        guard let protection = try materials.protection(of: draft.smime) else {
            return message.headerPreview
        }
        return message.headerPreview(protectedBy: protection)
    }

    private static func sender(of draft: ProfileDraft) throws(FormRejection) -> Mailbox {
        guard let address = draft.fromAddress else {
            throw FormRejection([
                FieldError("fromAddress", "required", "Enter the From email address.")
            ])
        }
        return Mailbox(address: address, name: draft.fromName)
    }

    /// As below, in a transaction of its own.
    private func materials(
        of draft: ProfileDraft,
        _ scope: TenantScope
    ) async throws -> CertificateMaterials {
        try await database.transaction(scope.writing) { transaction in
            let key = try await secrets.key(of: scope.tenant.id, in: transaction)
            return try await materials(of: draft, key: key, in: transaction)
        }
    }

    /// Opens the certificates that the draft uses.
    ///
    /// Throws: `FormRejection` that names each field whose certificate cannot be used, with the
    /// reason.
    func materials(
        of draft: ProfileDraft,
        _ fields: [ProfileField] = CertificateMaterials.fields,
        key: TenantKey,
        in transaction: Transaction
    ) async throws -> CertificateMaterials {
        var materials = CertificateMaterials()
        var errors: [FieldError] = []
        for field in fields {
            guard let role = field.role, field.isUsed(in: draft.form) else { continue }
            for entry in draft.form.entries(field) {
                do {
                    guard let id = UUID(entry) else {
                        throw CertificateRefusal(field.rawValue, "missing", Self.missing)
                    }
                    materials[field].append(
                        try await certificates.material(
                            of: id,
                            for: role,
                            key: key,
                            in: transaction
                        )
                    )
                } catch let refusal as CertificateRefusal {
                    errors.append(FieldError(field.rawValue, refusal.reason, refusal.userText))
                    break
                }
            }
        }
        guard errors.isEmpty else { throw FormRejection(errors) }
        return materials
    }

    private static let missing = "The certificate is gone. Choose another one."

    /// Writes down which certificates the profile names, so that none of them is deleted.
    ///
    /// Throws: `FormRejection` for one that does not exist.
    func recordUses(
        of draft: ProfileDraft,
        _ id: UUID,
        _ scope: TenantScope,
        _ transaction: Transaction
    ) async throws {
        _ = try await transaction.execute(
            "DELETE FROM certificate_uses WHERE tenant_id = $1::uuid AND profile_id = $2::uuid",
            [scope.tenant.id, id]
        )
        for field in CertificateMaterials.fields {
            let entries = draft.form.entries(field)
            guard !entries.isEmpty else { continue }
            let ids = entries.compactMap { UUID($0) }
            let found = try await transaction.only(
                """
                SELECT count(*) FROM certificates
                WHERE tenant_id = $1::uuid AND id = ANY ($2::uuid[])
                """,
                [scope.tenant.id, ids]
            ) { try $0.value(0, as: Int.self) }
            guard found == entries.count else {
                throw FormRejection([FieldError(field.rawValue, "missing", Self.missing)])
            }
            _ = try await transaction.execute(
                """
                INSERT INTO certificate_uses (tenant_id, certificate_id, profile_id, field)
                SELECT $1::uuid, c, $2::uuid, $3 FROM unnest($4::uuid[]) AS c
                """,
                [scope.tenant.id, id, field.rawValue, ids]
            )
        }
    }
}

extension ProfileField {
    var role: CertificateRole? { CertificateRole(rawValue: rawValue) }
}
