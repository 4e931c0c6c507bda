import Accounts
import EmailSettings
import HTTP
import Postgres
import SecretProviders
import Secrets
import Templates

/// Making and changing providers.
extension Console {
    func newProvider(_ request: TenantRequest) async throws -> Response {
        try requireProviders(request)
        guard let kind = ProviderKind(rawValue: request.query("kind")) else {
            return try providerKindPage(request)
        }
        return try await providerForm(ProviderForm(kind), request)
    }

    func createProvider(_ request: TenantRequest) async throws -> Response {
        try requireProviders(request)
        guard let kind = ProviderKind(rawValue: request.form["kind"] ?? "") else {
            let error = FieldError("kind", "required", "Choose what kind of provider it is.")
            return try providerKindPage(request, [error])
        }
        let form = ProviderForm(kind, request.form)
        do {
            let id = try await providers.store.create(try form.parse(), request.scope)
            return .redirect(
                to: PagePath.provider.url(request.slug, id.description) + "?notice=providerAdded"
            )
        } catch let refusal as ProviderRefusal {
            return try await providerForm(form, request, FormRejection(refusal).errors)
        }
    }

    func editProvider(_ request: TenantRequest) async throws -> Response {
        let stored = try await provider(request)
        return try await providerForm(ProviderForm(stored), request, of: stored)
    }

    func saveProvider(_ request: TenantRequest) async throws -> Response {
        let stored = try await provider(request)
        let form = ProviderForm(stored.kind, request.form)
        do {
            try await providers.store.save(
                try form.parse(),
                to: stored.id,
                version: Int(request.form["edited"] ?? "") ?? 0,
                request.scope
            )
            return .redirect(to: providerURL(stored, request) + "?notice=providerSaved")
        } catch let refusal as ProviderRefusal {
            return try await providerForm(
                form,
                request,
                FormRejection(refusal).errors,
                of: stored,
                edited: request.form["edited"]
            )
        } catch let conflict as ProviderConflict {
            return try await providerForm(
                form,
                request,
                of: conflict.current,
                conflict: conflict.current
            )
        }
    }

    private func providerKindPage(
        _ request: TenantRequest,
        _ errors: [FieldError] = []
    ) throws -> Response {
        let page = ProviderKindPage(
            layout: layout(
                "Add a secret provider",
                request,
                section: .providers,
                trail: providerTrail(request),
                errors: errors
            ),
            action: PagePath.providerNew.url(request.slug),
            kind: ChoiceField(
                name: "kind",
                label: "Kind",
                error: errors.message(for: "kind"),
                options: ProviderKind.allCases.enumerated().map { index, kind in
                    ChoiceOption(
                        value: kind.rawValue,
                        label: kind.title,
                        explanation: kind.explanation,
                        chosen: index == 0
                    )
                }
            ),
            cancelURL: PagePath.providers.url(request.slug)
        )
        let status: Status = errors.isEmpty ? .ok : .unprocessableContent
        return .html(try templates.render(page), status: status)
    }

    /// The form of a new provider, or of `stored`; `edited` is the version that it began from.
    private func providerForm(
        _ form: ProviderForm,
        _ request: TenantRequest,
        _ errors: [FieldError] = [],
        of stored: StoredProvider? = nil,
        edited: String? = nil,
        conflict: StoredProvider? = nil
    ) async throws -> Response {
        let choices = try await providers.store.choices(for: form.kind, request.scope)
        let slug = request.slug
        let heading = stored.map { "Edit \($0.name)" } ?? "Add \(form.kind.title)"
        let page = ProviderFormPage(
            layout: layout(
                heading,
                request,
                section: .providers,
                trail: providerTrail(request, stored),
                errors: errors
            ),
            heading: heading,
            lede: stored == nil && form.kind.signsIn
                ? "The secret that it is signed in to with must be there first, with this server "
                    + "among those it may be sent to."
                : form.kind.title,
            action: stored.map { PagePath.providerEdit.url(slug, $0.id.description) }
                ?? PagePath.providerNew.url(slug),
            version: edited ?? stored.map { String($0.version) } ?? "",
            kind: form.kind.rawValue,
            conflict: conflict.map { ConflictPanel($0, form, choices) },
            name: .make(
                "name",
                "Name",
                form.name,
                hint: "Under this name profiles choose it.",
                required: true,
                width: "full",
                errors: errors
            ),
            inputs: form.kind.configuration.map {
                ProviderInput($0, form.values[$0.name] ?? "", choices[$0.name] ?? [], errors)
            },
            secretURL: form.kind.signsIn ? PagePath.secretNew.url(slug) : nil,
            button: "Save",
            cancelURL: stored.map { providerURL($0, request) } ?? PagePath.providers.url(slug)
        )
        let status: Status =
            conflict != nil ? .conflict : errors.isEmpty ? .ok : .unprocessableContent
        return .html(try templates.render(page), status: status)
    }
}

extension ProviderKind {
    /// Whether it is signed in to with a named secret.
    fileprivate var signsIn: Bool {
        configuration.contains { field in
            if case .secret = field.kind { true } else { false }
        }
    }
}

extension ProviderForm {
    /// What was sent, by the names of the kind's fields.
    fileprivate init(_ kind: ProviderKind, _ sent: FormBody) {
        self.init(kind, name: sent["name"] ?? "", values: kind.configuration.typed(in: sent))
    }
}

extension [ProviderField] {
    /// What was sent for each field.
    func typed(in sent: FormBody) -> [String: String] {
        Dictionary(uniqueKeysWithValues: map { ($0.name, sent[$0.name] ?? "") })
    }
}

extension ConflictPanel {
    /// `choices` have the names of what fields name by ID.
    fileprivate init(
        _ saved: StoredProvider,
        _ form: ProviderForm,
        _ choices: [String: [ProviderChoice]]
    ) {
        func shown(_ field: ProviderField, _ value: String?) -> String {
            let value = value ?? ""
            return choices[field.name]?.first { $0.id.description == value }?.name ?? value
        }
        let rows = form.kind.configuration.map {
            ($0.label, shown($0, form.values[$0.name]), shown($0, saved.values[$0.name]))
        }
        self.init(
            who: saved.updatedBy,
            at: DisplayTime(saved.updatedAt),
            rows: ConflictRow.differing([("Name", form.name, saved.name)] + rows)
        )
    }
}
