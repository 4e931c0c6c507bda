import Accounts
import EmailSettings
import HTTP
import Postgres
import SecretProviders
import Secrets
import Templates

/// References with a name.
extension Console {
    func newEntry(_ request: TenantRequest) async throws -> Response {
        let stored = try await provider(request)
        return try entryPage(stored, nil, "", stored.kind.reference.initial, request)
    }

    func addEntry(_ request: TenantRequest) async throws -> Response {
        let stored = try await provider(request)
        return try await entering(stored, nil, request) { draft in
            _ = try await providers.store.addEntry(draft, to: stored.id, request.scope)
        }
    }

    func editEntry(_ request: TenantRequest) async throws -> Response {
        let (stored, entry) = try await entry(request)
        return try entryPage(stored, entry, entry.name, entry.reference.values, request)
    }

    func saveEntry(_ request: TenantRequest) async throws -> Response {
        let (stored, entry) = try await entry(request)
        return try await entering(stored, entry, request) { draft in
            try await providers.store.changeEntry(
                entry.id,
                of: stored.id,
                to: draft,
                request.scope
            )
        }
    }

    func confirmEntryEnd(_ request: TenantRequest) async throws -> Response {
        let (stored, entry) = try await entry(request)
        let page = ConfirmPage(
            layout: layout(
                "Delete \(entry.name)",
                request,
                section: .providers,
                trail: providerTrail(request, stored)
            ),
            heading: "Delete the entry \(entry.name)?",
            text: "Profiles that picked it go on reading the same secret; only the name is gone.",
            action: PagePath.providerEntryDelete.url(
                request.slug,
                stored.id.description,
                entry.id.description
            ),
            button: "Delete entry",
            dangerous: true,
            cancelURL: providerURL(stored, request)
        )
        return .html(try templates.render(page))
    }

    func deleteEntry(_ request: TenantRequest) async throws -> Response {
        let (stored, entry) = try await entry(request)
        try await providers.store.deleteEntry(entry.id, of: stored.id, request.scope)
        return .redirect(to: providerURL(stored, request) + "?notice=entryDeleted")
    }

    /// The entry of the address, with its provider.
    private func entry(
        _ request: TenantRequest
    ) async throws -> (StoredProvider, ProviderEntry) {
        let stored = try await provider(request)
        let id = request.parameters["entry"].flatMap { UUID($0) }
        guard let entry = stored.entries.first(where: { $0.id == id }) else {
            throw AccountsError.notFound
        }
        return (stored, entry)
    }

    private func entering(
        _ stored: StoredProvider,
        _ entry: ProviderEntry?,
        _ request: TenantRequest,
        _ body: (ProviderEntryDraft) async throws -> Void
    ) async throws -> Response {
        let name = request.form["name"] ?? ""
        let typed = stored.kind.reference.typed(in: request.form)
        do {
            try await body(try stored.kind.parseEntry(name, typed))
            return .redirect(to: providerURL(stored, request) + "?notice=entrySaved")
        } catch let refusal as ProviderRefusal {
            let errors = FormRejection(refusal).errors
            return try entryPage(stored, entry, name, typed, request, errors)
        }
    }

    private func entryPage(
        _ stored: StoredProvider,
        _ entry: ProviderEntry?,
        _ name: String,
        _ values: [String: String],
        _ request: TenantRequest,
        _ errors: [FieldError] = []
    ) throws -> Response {
        let (slug, id) = (request.slug, stored.id.description)
        let heading = entry.map { "Change \($0.name)" } ?? "Add an entry"
        let page = ProviderFormPage(
            layout: layout(
                heading,
                request,
                section: .providers,
                trail: providerTrail(request, stored),
                errors: errors
            ),
            heading: heading,
            lede: "Where in \(stored.name) the secret is found.",
            action: entry.map { PagePath.providerEntry.url(slug, id, $0.id.description) }
                ?? PagePath.providerEntryNew.url(slug, id),
            version: "",
            kind: "",
            name: .make(
                "name",
                "Name",
                name,
                hint: "Under this name profiles pick it.",
                required: true,
                width: "full",
                errors: errors
            ),
            inputs: stored.kind.reference.map {
                ProviderInput($0, values[$0.name] ?? "", [], errors)
            },
            button: "Save",
            cancelURL: providerURL(stored, request)
        )
        let status: Status = errors.isEmpty ? .ok : .unprocessableContent
        return .html(try templates.render(page), status: status)
    }
}
