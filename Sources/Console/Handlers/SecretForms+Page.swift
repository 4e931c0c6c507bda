import Accounts
import EmailSettings
import HTTP
import OAuth
import Postgres
import SecretProviders
import Secrets
import Templates

/// How the forms about secrets look.
extension Console {
    /// Asks what the new secret is.
    func kindPage(_ request: TenantRequest, _ errors: [FieldError] = []) throws -> Response {
        let page = SecretKindPage(
            layout: layout(
                "New secret",
                request,
                section: .secrets,
                trail: secretTrail(request),
                errors: errors
            ),
            kinds: NamedSecretKind.allCases.map { kind in
                SecretKindRow(
                    url: PagePath.secretNew.url(request.slug) + "?kind=\(kind.rawValue)",
                    label: kind.title,
                    purpose: kind.purpose
                )
            }
        )
        return answer(try templates.render(page), errors)
    }

    func newSecretPage(
        _ kind: NamedSecretKind,
        _ form: NamedSecretForm,
        _ request: TenantRequest,
        _ errors: [FieldError] = []
    ) throws -> Response {
        var page = formPage("New secret: \(kind.title)", request, errors)
        page.lede = kind.purpose
        page.action = PagePath.secretNew.url(request.slug)
        page.kind = kind.rawValue
        describe(&page, kind, form, errors)
        page.secret = valueField(kind, isReplacing: false, errors)
        page.guide = kind == .microsoftApplication ? MailboxScope(form.details).commands : nil
        page.button = "Save secret"
        return answer(try templates.render(page), errors)
    }

    func editSecretPage(
        _ stored: NamedSecret,
        _ form: NamedSecretForm,
        _ request: TenantRequest,
        _ errors: [FieldError] = []
    ) throws -> Response {
        var page = formPage("Edit \(stored.name)", request, errors, stored)
        page.lede =
            "Name, description and date change freely. What the value is bound to changes only "
            + "together with the value."
        page.action = PagePath.secretEdit.url(request.slug, stored.id.description)
        describe(&page, stored.kind, form, errors)
        page.secret = valueField(stored.kind, isReplacing: true, errors)
        page.button = "Save"
        return answer(try templates.render(page), errors)
    }

    func replaceSecretPage(
        _ stored: NamedSecret,
        expiresOn: String,
        _ request: TenantRequest,
        _ errors: [FieldError] = []
    ) throws -> Response {
        var page = formPage("Replace \(stored.name)", request, errors, stored)
        page.lede = "What uses it goes on with the new value. The old one is gone then."
        page.action = PagePath.secretReplace.url(request.slug, stored.id.description)
        page.secret = valueField(stored.kind, isReplacing: false, errors)
        page.expiry = expiryField(stored.kind, expiresOn, errors)
        page.button = "Replace"
        return answer(try templates.render(page), errors)
    }

    private func formPage(
        _ heading: String,
        _ request: TenantRequest,
        _ errors: [FieldError],
        _ stored: NamedSecret? = nil
    ) -> SecretFormPage {
        SecretFormPage(
            layout: layout(
                heading,
                request,
                section: .secrets,
                trail: secretTrail(request, stored),
                errors: errors
            ),
            heading: heading,
            lede: "",
            action: "",
            version: request.form["version"] ?? stored.map { String($0.revision) } ?? "",
            button: "",
            cancelURL: stored.map { secretURL($0, request) }
                ?? PagePath.secrets.url(request.slug)
        )
    }

    private func answer(_ body: [UInt8], _ errors: [FieldError]) -> Response {
        .html(body, status: errors.isEmpty ? .ok : .unprocessableContent)
    }

    /// Everything but the value.
    private func describe(
        _ page: inout SecretFormPage,
        _ kind: NamedSecretKind,
        _ form: NamedSecretForm,
        _ errors: [FieldError]
    ) {
        page.naming = [
            .make(
                "name",
                "Name",
                form.name,
                hint: "Under this name profiles and providers choose it.",
                required: true,
                width: "full",
                errors: errors
            ),
            .make("description", "Description", form.description, width: "full", errors: errors),
        ]
        for detail in kind.details {
            if detail == .cloud {
                page.cloud = cloudField(form.details[.cloud], errors)
            } else {
                page.details.append(
                    .make(
                        detail.rawValue,
                        detail.label,
                        form.details[detail] ?? "",
                        hint: detail.hint,
                        required: true,
                        width: "full",
                        errors: errors
                    )
                )
            }
        }
        if kind.hasOwnHosts {
            page.hosts = .make(
                "hosts",
                "Servers",
                form.hosts.joined(separator: "\n"),
                hint: "The only servers that the value is sent to, one a line, such as "
                    + "vault.example.com. Part of what seals it.",
                required: true,
                width: "full",
                errors: errors
            )
        }
        page.expiry = expiryField(kind, form.expiresOn, errors)
    }

    private func cloudField(_ typed: String?, _ errors: [FieldError]) -> ChoiceField {
        let chosen = typed.flatMap { $0.isEmpty ? nil : $0 } ?? NationalCloud.global.rawValue
        return ChoiceField(
            name: "cloud",
            label: "Cloud",
            hint:
                "Where the application is registered. The secret is sent to the sign-in server of "
                + "this cloud and to no other.",
            error: errors.message(for: "cloud"),
            options: NationalCloud.allCases.map {
                ChoiceOption(
                    value: $0.rawValue,
                    label: $0.title,
                    explanation: $0.loginHost,
                    chosen: $0.rawValue == chosen
                )
            }
        )
    }

    private func expiryField(
        _ kind: NamedSecretKind,
        _ typed: String,
        _ errors: [FieldError]
    ) -> TextField? {
        guard kind.expires else { return nil }
        return .make(
            "expiresOn",
            "Expires on",
            typed,
            type: "date",
            hint: kind == .microsoftApplication
                ? "Entra shows it beside the secret. You are warned before that day."
                : "The last day on which it is good. You are warned before that day.",
            errors: errors
        )
    }

    private func valueField(
        _ kind: NamedSecretKind,
        isReplacing: Bool,
        _ errors: [FieldError]
    ) -> SecretInput {
        SecretInput(
            label: isReplacing ? "New \(kind.valueLabel.lowercased())" : kind.valueLabel,
            hint: isReplacing
                ? "Leave it empty to keep the one that is set. It is needed when you change the "
                    + "servers or what belongs to the value."
                : kind == .microsoftApplication
                    ? "The Value of the client secret, not its Secret ID. It is encrypted, and never "
                        + "shown again."
                    : "It is encrypted, and never shown again.",
            isOptional: isReplacing,
            isChosenByPeople: kind.isChosenByPeople,
            looksLikeID: kind == .microsoftApplication ? SecretAdvice.looksLikeID.text : nil,
            valueError: errors.message(for: "value"),
            confirmError: errors.message(for: "valueConfirm")
        )
    }
}
