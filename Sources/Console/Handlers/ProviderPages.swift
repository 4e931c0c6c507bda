import Accounts
import EmailSettings
import HTTP
import Postgres
import SecretProviders
import Secrets
import Templates

extension Console {
    func listProviders(_ request: TenantRequest) async throws -> Response {
        try requireProviders(request)
        let slug = request.slug
        let page = ProviderListPage(
            layout: layout("Secret providers", request, section: .providers),
            newURL: request.access.may(.secretsModify) ? PagePath.providerNew.url(slug) : nil,
            providers: try await providers.store.list(request.scope).map {
                ProviderRow($0, slug: slug)
            }
        )
        return .html(try templates.render(page))
    }

    func showProvider(_ request: TenantRequest) async throws -> Response {
        let stored = try await provider(request)
        return .html(try templates.render(providerPage(stored, request)))
    }

    /// The page of a provider, with what was asked of it and came of it.
    func providerPage(
        _ stored: StoredProvider,
        _ request: TenantRequest,
        typed: [String: String]? = nil,
        errors: [FieldError] = [],
        result: ProviderResult? = nil
    ) -> ProviderPage {
        let (slug, id) = (request.slug, stored.id.description)
        let mayChange = request.access.may(.secretsModify)
        let isUsed = !stored.uses.isEmpty
        return ProviderPage(
            layout: layout(
                stored.name,
                request,
                section: .providers,
                trail: providerTrail(request),
                errors: errors
            ),
            name: stored.name,
            kind: stored.kind.title,
            state: StateBadge(stored),
            result: result,
            groups: .provider(stored),
            entries: stored.entries.map {
                EntryRow($0, of: stored, slug: slug, mayChange: mayChange)
            },
            hasEntries: !stored.entries.isEmpty,
            addEntryURL: mayChange ? PagePath.providerEntryNew.url(slug, id) : nil,
            uses: stored.uses.map { PageLink($0, slug: slug) },
            test: mayChange ? testForm(stored, slug, typed, errors) : nil,
            editURL: mayChange ? PagePath.providerEdit.url(slug, id) : nil,
            deleteURL: mayChange && !isUsed ? PagePath.providerDelete.url(slug, id) : nil,
            deleteRefusal: mayChange && isUsed
                ? "It cannot be deleted while it is used. Choose other credentials there first."
                : nil
        )
    }

    private func testForm(
        _ stored: StoredProvider,
        _ slug: String,
        _ typed: [String: String]?,
        _ errors: [FieldError]
    ) -> ProviderTestForm {
        let values = typed ?? stored.kind.reference.initial
        return ProviderTestForm(
            action: PagePath.providerTest.url(slug, stored.id.description),
            hint: "Says whether it can be reached, whether the sign-in works, and, with a secret "
                + "named here, whether that can be read. Its value is not shown.",
            inputs: stored.kind.reference.map {
                ProviderInput($0, values[$0.name] ?? "", [], errors)
            },
            showsKeys: stored.kind == .hashiCorpVault
        )
    }

    func confirmProviderEnd(_ request: TenantRequest) async throws -> Response {
        let stored = try await provider(request)
        let page = ConfirmPage(
            layout: layout(
                "Delete \(stored.name)",
                request,
                section: .providers,
                trail: providerTrail(request)
            ),
            heading: "Delete \(stored.name)?",
            text: "Its settings and entries are removed here for good. Nothing changes in the "
                + "provider itself.",
            action: PagePath.providerDelete.url(request.slug, stored.id.description),
            hidden: [HiddenField(name: "edited", value: String(stored.version))],
            button: "Delete provider",
            dangerous: true,
            cancelURL: providerURL(stored, request)
        )
        return .html(try templates.render(page))
    }

    func deleteProvider(_ request: TenantRequest) async throws -> Response {
        let stored = try await provider(request)
        do {
            try await providers.store.delete(
                stored.id,
                version: Int(request.form["edited"] ?? ""),
                request.scope
            )
        } catch let refusal as ProviderRefusal {
            return page(
                .conflict,
                refusal.userText,
                "Nothing was changed.",
                action: PageLink(
                    url: providerURL(stored, request),
                    label: "Back to the provider"
                )
            )
        }
        return .redirect(to: PagePath.providers.url(request.slug) + "?notice=providerDeleted")
    }

    /// The provider of the address.
    ///
    /// Throws: `AccountsError.notFound`, for a cloud tenant always.
    func provider(_ request: TenantRequest) async throws -> StoredProvider {
        try requireProviders(request)
        return try await providers.store.show(request.id(), request.scope)
    }

    /// Only on-premises tenants have secret providers.
    func requireProviders(_ request: TenantRequest) throws {
        guard request.tenant.edition == .onPremises else { throw AccountsError.notFound }
    }

    func providerURL(_ stored: StoredProvider, _ request: TenantRequest) -> String {
        PagePath.provider.url(request.slug, stored.id.description)
    }

    func providerTrail(
        _ request: TenantRequest,
        _ stored: StoredProvider? = nil
    ) -> [PageLink] {
        let list = PageLink(url: PagePath.providers.url(request.slug), label: "Secret providers")
        guard let stored else { return [list] }
        return [list, PageLink(url: providerURL(stored, request), label: stored.name)]
    }
}
