import Accounts
import EmailSettings
import Mail
import Postgres
import SMTP
import TestSends

/// What a program wants tested, checked as far as that goes without the database.
struct TestInput {
    private let json: JSON
    private let edition: Edition
    private let kind: TestKind?
    private var errors: [FieldError]

    /// Throws: `FormRejection` for unknown names and wrong types.
    init(_ json: JSON, _ edition: Edition) throws(FormRejection) {
        errors = InputObject.errors(of: json, .testInput)
        guard errors.isEmpty else { throw FormRejection(errors) }
        self.json = json
        self.edition = edition
        kind = json["kind"]?.text.flatMap(TestKind.init(rawValue:))
        if kind == nil {
            errors.append(FieldError("kind", "choice", "Write kind as connection or send."))
        }
        errors += edition == .cloud ? Self.forCloud(json) : Self.onPremises(json)
    }

    /// The test that is asked for, with the credentials open.
    ///
    /// Throws: `FormRejection` with everything that is wrong; `AccountsError.notFound` for a
    /// profile that is not there.
    func order(_ api: API, _ access: TokenAccess) async throws -> TestRequest {
        var errors = errors
        var recipient: Address?
        if kind == .send {
            do throws(FieldError) {
                recipient = try TestRecipient.parse(json["recipient"]?.text ?? "")
            } catch { errors.append(error) }
        }
        var settings: EffectiveSettings?
        let isNamed = !errors.contains { ["profile", "settings", "branding"].contains($0.field) }
        if isNamed {
            do { settings = try await self.settings(api, access) } catch let error as FormRejection
            {
                errors += error.errors
            }
        }
        guard errors.isEmpty, let kind, let settings else { throw FormRejection(errors) }
        return TestRequest(kind: kind, settings: settings, recipient: recipient)
    }

    private func settings(_ api: API, _ access: TokenAccess) async throws -> EffectiveSettings {
        edition == .cloud
            ? try await branding(api, access.scope) : try await connection(api, access)
    }

    private func branding(_ api: API, _ scope: TenantScope) async throws -> EffectiveSettings {
        let form: BrandingForm
        if let sent = json["branding"] {
            form = try BrandingForm(sent)
        } else if let saved = try await api.branding.branding(scope) {
            form = BrandingForm(saved)
        } else {
            throw FormRejection([
                FieldError("branding", "required", "Save a branding first, or send one to test.")
            ])
        }
        return try await api.branding.effectiveSettings(of: try form.parse(), scope)
    }

    /// What is saved, what was sent, or what was sent with the credentials that are saved.
    private func connection(_ api: API, _ access: TokenAccess) async throws -> EffectiveSettings {
        let scope = access.scope
        let saved = try await profile(api, scope)
        guard let settings = json["settings"] else {
            guard let saved else { throw FormRejection([Self.noProfile]) }
            return try await api.profiles.effectiveSettings(
                of: try saved.form.parse(),
                .keepAll,
                saved: saved.id,
                scope
            )
        }
        let input = try ProfileInput(settings, over: .ofSettingsFile, of: saved)
        try input.check(access, of: saved)
        return try await api.profiles.effectiveSettings(
            of: try input.form.parse(),
            input.changes,
            saved: saved?.id,
            scope
        )
    }

    private func profile(_ api: API, _ scope: TenantScope) async throws -> EmailProfile? {
        guard let text = json["profile"]?.text else { return nil }
        guard let id = UUID(text), let profile = try await api.profiles.profile(id, scope) else {
            throw FormRejection([Self.noProfile])
        }
        return profile
    }

    private static let noProfile = FieldError(
        "profile",
        "choice",
        "Send the id of a profile of this tenant."
    )

    private static func forCloud(_ json: JSON) -> [FieldError] {
        ["profile", "settings"].filter { json[$0] != nil }.map {
            FieldError($0, "edition", "Remove \($0): a cloud tenant tests its From branding.")
        }
    }

    private static func onPremises(_ json: JSON) -> [FieldError] {
        if json["branding"] != nil {
            return [
                FieldError("branding", "edition", "Remove branding: it is for cloud tenants.")
            ]
        }
        guard json["profile"] == nil, json["settings"] == nil else { return [] }
        return [
            FieldError("profile", "required", "Send the id of a profile, or settings to test.")
        ]
    }
}

extension FieldTable {
    static let testInput = FieldTable([
        Field(
            "kind",
            .choice(TestKind.allCases.map(\.rawValue)),
            .call,
            isRequired: true,
            "connection: everything up to and including signing in, no mail; send: a real message"
        ),
        Field("recipient", .text, .call, "Where a test send goes"),
        Field("profile", .id, .call, "On premises: the profile to test"),
        Field(
            "settings",
            .object("ProfileInput"),
            .call,
            "On premises: settings to test without saving them; credentials that are not sent are "
                + "those of the profile"
        ),
        Field(
            "branding",
            .object("BrandingInput"),
            .call,
            "Cloud: a branding to test without saving it; without one the saved branding is tested"
        ),
    ])
}
