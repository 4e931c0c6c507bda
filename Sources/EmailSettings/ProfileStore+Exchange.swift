package import Accounts
import Observability
package import Postgres
package import SMTP
import Secrets

/// A profile as a file, to be read by another installation.
package struct ProfileFile: Sendable {
    package let form: ProfileForm
    package let fingerprints: [CredentialField: CredentialFingerprint]

    static let fingerprintsName = "credentialFingerprints"

    /// Reads a file that `json` wrote, or a settings file.
    ///
    /// Throws: `FormRejection` with every field that is unknown or has the wrong type.
    package init(_ json: JSON) throws {
        guard let members = json.members else {
            throw FormRejection([
                FieldError("settings", "form", "This is not a file of a profile.")
            ])
        }
        let settings = members.filter { $0.name != Self.fingerprintsName }
        form = try SettingsFile(.object(settings), over: ProfileForm()).form
        var fingerprints: [CredentialField: CredentialFingerprint] = [:]
        for member in json[Self.fingerprintsName]?.members ?? [] {
            guard let field = CredentialField(rawValue: member.name),
                let fingerprint = member.value.text.flatMap({ CredentialFingerprint($0) })
            else { continue }
            fingerprints[field] = fingerprint
        }
        self.fingerprints = fingerprints
    }

    init(form: ProfileForm, fingerprints: [CredentialField: CredentialFingerprint]) {
        self.form = form
        self.fingerprints = fingerprints
    }

    /// The fields, and fingerprints in the place of credentials.
    package var json: JSON {
        let marks = CredentialField.allCases.compactMap { field in
            fingerprints[field].map { JSON.Member(field.rawValue, .string($0.text)) }
        }
        return .object(form.json + [JSON.Member(Self.fingerprintsName, .object(marks))])
    }
}

extension ProfileStore {
    /// The profile as a file, without its credentials; takes about as long as a sign-in for each
    /// credential.
    ///
    /// Throws: `AccountsError.notFound`.
    package func export(
        _ id: UUID,
        with maker: CredentialFingerprint.Maker,
        _ scope: TenantScope
    ) async throws -> ProfileFile {
        let (profile, credentials) = try await database.transaction(scope.writing) { transaction in
            guard let profile = try await transaction.first(EmailProfile.byID(id, in: scope))
            else { throw AccountsError.notFound }
            return (profile, try await open(profile, scope, transaction))
        }
        var fingerprints: [CredentialField: CredentialFingerprint] = [:]
        for field in CredentialField.allCases {
            if let value = credentials[field] {
                fingerprints[field] = try await maker.fingerprint(of: value)
            }
        }
        return ProfileFile(form: profile.form, fingerprints: fingerprints)
    }

    /// The most credentials that one import is compared with.
    private static let comparisonLimit = 16

    /// The fields whose credential in `file` is the same as that of a profile here, with the
    /// profile's name.
    package func same(
        as file: ProfileFile,
        with maker: CredentialFingerprint.Maker,
        _ scope: TenantScope
    ) async throws -> [(field: CredentialField, profile: String)] {
        guard !file.fingerprints.isEmpty else { return [] }
        var left = Self.comparisonLimit
        var result: [(field: CredentialField, profile: String)] = []
        for summary in try await list(scope) {
            let credentials = try await database.transaction(scope.writing) { transaction in
                guard
                    let profile = try await transaction.first(
                        EmailProfile.byID(summary.id, in: scope)
                    )
                else { return ProfileCredentials() }
                return try await open(profile, scope, transaction)
            }
            for (field, fingerprint) in file.fingerprints {
                guard left > 0 else { return result }
                guard let value = credentials[field] else { continue }
                left -= 1
                if try await maker.matches(fingerprint, value) {
                    result.append((field, summary.name))
                }
            }
        }
        return result
    }

    private func open(
        _ profile: EmailProfile,
        _ scope: TenantScope,
        _ transaction: Transaction
    ) async throws -> ProfileCredentials {
        let key = try await secrets.key(of: scope.tenant.id, in: transaction)
        return try await ProfileCredentials.open(
            profile.form.parse(),
            .keepAll,
            of: profile,
            store: secrets,
            key: key,
            in: transaction
        )
    }
}
