import Accounts
import EmailSettings
import HTTP
import Observability
import Postgres
import SecretProviders
import Secrets
import Templates

/// What makes and changes secrets: the forms, and what happens when they are sent.
extension Console {
    func newSecret(_ request: TenantRequest) async throws -> Response {
        try requireSecrets(request)
        guard let kind = NamedSecretKind(rawValue: request.query("kind")) else {
            return try kindPage(request)
        }
        return try newSecretPage(kind, NamedSecretForm(), request)
    }

    func createSecret(_ request: TenantRequest) async throws -> Response {
        try requireSecrets(request)
        guard let kind = NamedSecretKind(rawValue: request.form["kind"] ?? "") else {
            let message = "Choose what the secret is."
            return try kindPage(request, [FieldError("kind", "required", message)])
        }
        var form = NamedSecretForm(request.form)
        let typed = SecretEntry(request.form)
        form.value = typed.value
        do {
            let draft = try parse(form, kind, typed)
            let id = try await namedSecrets.create(draft, request.scope)
            return saved(id, kind, typed, "secretCreated", request)
        } catch let rejection as FormRejection {
            return try newSecretPage(kind, form, request, rejection.errors)
        } catch let refusal as NamedSecretRefusal {
            return try newSecretPage(kind, form, request, refusal.fieldErrors)
        }
    }

    func editSecret(_ request: TenantRequest) async throws -> Response {
        let stored = try await secret(request).secret
        return try editSecretPage(stored, NamedSecretForm(stored), request)
    }

    func saveSecret(_ request: TenantRequest) async throws -> Response {
        let stored = try await secret(request).secret
        var form = NamedSecretForm(request.form)
        let typed = SecretEntry(request.form)
        form.value = typed.isEmpty ? nil : typed.value
        do {
            try await namedSecrets.save(
                try parse(form, stored.kind, typed),
                stored.id,
                revision: Int(request.form["version"] ?? ""),
                request.scope
            )
            return saved(stored.id, stored.kind, typed, "secretSaved", request)
        } catch let rejection as FormRejection {
            return try editSecretPage(stored, form, request, rejection.errors)
        } catch let refusal as NamedSecretRefusal {
            return try editSecretPage(stored, form, request, refusal.fieldErrors)
        }
    }

    func askForSecretValue(_ request: TenantRequest) async throws -> Response {
        let stored = try await secret(request).secret
        return try replaceSecretPage(stored, expiresOn: "", request)
    }

    func replaceSecret(_ request: TenantRequest) async throws -> Response {
        let stored = try await secret(request).secret
        let typed = SecretEntry(request.form)
        let expiresOn = request.form["expiresOn"] ?? ""
        do {
            guard typed.errors.isEmpty else { throw FormRejection(typed.errors) }
            try await namedSecrets.replace(
                typed.value,
                expiresOn: expiresOn,
                of: stored.id,
                revision: Int(request.form["version"] ?? ""),
                request.scope
            )
            return saved(stored.id, stored.kind, typed, "secretReplaced", request)
        } catch let rejection as FormRejection {
            return try replaceSecretPage(stored, expiresOn: expiresOn, request, rejection.errors)
        } catch let refusal as NamedSecretRefusal {
            let errors = refusal.fieldErrors
            return try replaceSecretPage(stored, expiresOn: expiresOn, request, errors)
        }
    }

    /// The draft of a form, or its errors together with those of the value typed twice.
    private func parse(
        _ form: NamedSecretForm,
        _ kind: NamedSecretKind,
        _ typed: SecretEntry
    ) throws(FormRejection) -> NamedSecretDraft {
        let draft: NamedSecretDraft
        do throws(NamedSecretRefusal) { draft = try form.parse(kind) } catch {
            throw FormRejection(error.fieldErrors + typed.errors)
        }
        guard typed.errors.isEmpty else { throw FormRejection(typed.errors) }
        return draft
    }

    /// To the secret's page, which confirms it, with the advice that the value deserves.
    private func saved(
        _ id: UUID,
        _ kind: NamedSecretKind,
        _ typed: SecretEntry,
        _ notice: String,
        _ request: TenantRequest
    ) -> Response {
        let advice = typed.isEmpty ? nil : kind.advice(on: typed.value)
        return .redirect(
            to: PagePath.secret.url(request.slug, id.description)
                + "?notice=\(advice.map { "secret.\($0.rawValue)" } ?? notice)"
        )
    }
}

/// A value as it was typed twice; nothing of it goes back to the page.
struct SecretEntry: Sendable {
    let value: Redacted<[UInt8]>
    let isEmpty: Bool
    let errors: [FieldError]

    init(_ form: FormBody) {
        let typed = form["value"] ?? ""
        let again = form["valueConfirm"] ?? ""
        value = Redacted(Array(typed.utf8))
        isEmpty = typed.isEmpty
        errors =
            typed.utf8.elementsEqual(again.utf8)
            ? [] : [FieldError("valueConfirm", "differs", "Enter the value twice, the same.")]
    }
}

extension NamedSecretForm {
    /// What was typed, without the value.
    fileprivate init(_ form: FormBody) {
        self.init()
        name = form["name"] ?? ""
        description = form["description"] ?? ""
        expiresOn = form["expiresOn"] ?? ""
        for detail in NamedSecretDetail.allCases { details[detail] = form[detail.rawValue] ?? "" }
        hosts = (form["hosts"] ?? "").utf8
            .split { $0 == 0x0A || $0 == 0x0D || $0 == 0x20 || $0 == 0x2C || $0 == 0x09 }
            .map { String(decoding: Array($0), as: UTF8.self) }
    }
}
