import Accounts
import EmailSettings
import HTTP
import Observability
import Postgres
import SMTP
import Templates

extension Console {
    func duplicateProfile(_ request: TenantRequest) async throws -> Response {
        let profile = try await profile(request)
        do {
            let copy = try await email.profiles.duplicate(profile.id, request.scope)
            return .redirect(
                to: PagePath.profile.url(request.slug, copy.description) + "?notice=duplicated"
            )
        } catch let rejection as FormRejection { return refused(rejection, profile, request) }
    }

    func exportProfile(_ request: TenantRequest) async throws -> Response {
        let profile = try await profile(request)
        let file = try await email.profiles.export(
            profile.id,
            with: email.fingerprints,
            request.scope
        )
        return .download(
            file.json.indentedBytes,
            type: "application/json",
            fileName: "email-profile-\(profile.id).json"
        )
    }

    func showImport(_ request: TenantRequest) async throws -> Response {
        try importPage(request, text: "", errors: [])
    }

    /// Puts a file's fields into the form of a new profile, not saved.
    func importProfile(_ request: TenantRequest) async throws -> Response {
        guard request.tenant.edition == .onPremises else { throw AccountsError.notFound }
        let text = request.form["settings"] ?? ""
        let chosen = request.file("file")?.content.reveal { String(decoding: $0, as: UTF8.self) }
        guard chosen == nil || text.utf8.allSatisfy({ $0 <= 0x20 }) else {
            let message = "Choose a file or paste its text, not both."
            return try importPage(
                request,
                text: text,
                errors: [FieldError("settings", "ambiguous", message)]
            )
        }
        let file: ProfileFile
        do {
            file = try ProfileFile(JSON(parsing: Array((chosen ?? text).utf8)))
        } catch is JSONError {
            let message = "This is not JSON. Paste the whole file, from { to }."
            return try importPage(
                request,
                text: chosen ?? text,
                errors: [FieldError("settings", "form", message)]
            )
        } catch let rejection as FormRejection {
            let message = rejection.errors.map(\.message).joined(separator: " ")
            return try importPage(
                request,
                text: chosen ?? text,
                errors: [FieldError("settings", "form", message)]
            )
        }
        let same = try await email.profiles.same(
            as: file,
            with: email.fingerprints,
            request.scope
        )
        var edit = ProfileEdit(request, saved: nil)
        edit.form = file.form
        edit.draftNotice = Self.imported(file, same)
        try await email.drafts.discard(edit.draftForm, request.scope)
        try await email.drafts.keep(edit.draftFields, as: edit.draftForm, request.scope)
        return .redirect(to: PagePath.profileNew.url(request.slug))
    }

    private func importPage(
        _ request: TenantRequest,
        text: String,
        errors: [FieldError]
    ) throws -> Response {
        guard request.tenant.edition == .onPremises else { throw AccountsError.notFound }
        let page = ProfileImportPage(
            layout: layout(
                "Import an email profile",
                request,
                section: .email,
                trail: [PageLink(url: PagePath.email.url(request.slug), label: "Email")],
                errors: errors
            ),
            action: PagePath.profileImport.url(request.slug),
            cancelURL: PagePath.email.url(request.slug),
            upload: UploadField(
                name: "file",
                label: "File",
                accept: ".json,application/json",
                hint: "One that was exported here or elsewhere, or a settings file of the "
                    + "command line. Nothing is saved yet.",
                error: nil
            ),
            settings: .make(
                "settings",
                "Or its text",
                text,
                hint: "From { to }.",
                required: true,
                width: "full",
                errors: errors
            )
        )
        return .html(
            try templates.render(page),
            status: errors.isEmpty ? .ok : .unprocessableContent
        )
    }

    /// What an imported file leaves to do.
    private static func imported(
        _ file: ProfileFile,
        _ same: [(field: CredentialField, profile: String)]
    ) -> String {
        var sentences = ["The file is in the form, not saved yet."]
        if !file.fingerprints.isEmpty {
            sentences.append("Enter its credentials: they are not part of a file.")
        }
        for (field, profile) in same {
            sentences.append("Its \(field.noun) is the same as that of the profile \(profile).")
        }
        return sentences.joined(separator: " ")
    }
}
