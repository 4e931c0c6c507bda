import Accounts
import EmailSettings
import HTTP
import Postgres
import SecretProviders
import Secrets
import Templates

extension Console {
    func listSecrets(_ request: TenantRequest) async throws -> Response {
        try requireSecrets(request)
        let slug = request.slug
        let page = SecretListPage(
            layout: layout("Secrets", request, section: .secrets),
            newURL: request.access.may(.secretsModify) ? PagePath.secretNew.url(slug) : nil,
            secrets: try await namedSecrets.list(request.scope).map {
                SecretListRow($0, slug: slug)
            }
        )
        return .html(try templates.render(page))
    }

    func showSecret(_ request: TenantRequest) async throws -> Response {
        let (stored, versions) = try await secret(request)
        return .html(try templates.render(secretPage(stored, versions, request)))
    }

    /// The page of a secret, with what was asked of it and came of it.
    func secretPage(
        _ stored: NamedSecret,
        _ versions: [NamedSecretVersion],
        _ request: TenantRequest,
        typedHost: String = "",
        errors: [FieldError] = [],
        result: ProviderResult? = nil
    ) -> SecretPage {
        let (slug, id) = (request.slug, stored.id.description)
        let mayChange = request.access.may(.secretsModify)
        let isUsed = !stored.uses.isEmpty
        return SecretPage(
            layout: layout(
                stored.name,
                request,
                section: .secrets,
                trail: secretTrail(request),
                errors: result == nil ? errors : []
            ),
            name: stored.name,
            kind: stored.kind.title,
            state: StateBadge(stored),
            warning: .warning(stored),
            result: result,
            groups: .secret(stored),
            uses: stored.uses.map { PageLink($0, slug: slug) },
            versions: versions.map(SecretVersionRow.init),
            commands: stored.kind == .microsoftApplication
                ? MailboxScope(stored.details).commands : nil,
            test: mayChange ? secretTestForm(stored, slug, typedHost, errors) : nil,
            replaceURL: mayChange ? PagePath.secretReplace.url(slug, id) : nil,
            editURL: mayChange ? PagePath.secretEdit.url(slug, id) : nil,
            deleteURL: mayChange && !isUsed ? PagePath.secretDelete.url(slug, id) : nil,
            deleteRefusal: mayChange && isUsed
                ? "It cannot be deleted while it is used. Choose another secret there first." : nil
        )
    }

    func confirmSecretEnd(_ request: TenantRequest) async throws -> Response {
        let stored = try await secret(request).secret
        let page = ConfirmPage(
            layout: layout(
                "Delete \(stored.name)",
                request,
                section: .secrets,
                trail: secretTrail(request, stored)
            ),
            heading: "Delete \(stored.name)?",
            text: "The secret and its value are removed for good.",
            action: PagePath.secretDelete.url(request.slug, stored.id.description),
            hidden: [HiddenField(name: "version", value: String(stored.revision))],
            button: "Delete secret",
            dangerous: true,
            cancelURL: secretURL(stored, request)
        )
        return .html(try templates.render(page))
    }

    func deleteSecret(_ request: TenantRequest) async throws -> Response {
        let stored = try await secret(request).secret
        do {
            try await namedSecrets.delete(
                stored.id,
                revision: Int(request.form["version"] ?? ""),
                request.scope
            )
        } catch let refusal as NamedSecretRefusal {
            return page(
                .conflict,
                refusal.userText,
                "Nothing was changed.",
                action: PageLink(url: secretURL(stored, request), label: "Back to the secret")
            )
        }
        return .redirect(to: PagePath.secrets.url(request.slug) + "?notice=secretDeleted")
    }

    /// The secret of the address with its versions.
    ///
    /// Throws: `AccountsError.notFound`, for a cloud tenant always.
    func secret(
        _ request: TenantRequest
    ) async throws -> (secret: NamedSecret, versions: [NamedSecretVersion]) {
        try requireSecrets(request)
        return try await namedSecrets.show(request.id(), request.scope)
    }

    /// Only on-premises tenants have secrets with a name.
    func requireSecrets(_ request: TenantRequest) throws {
        guard request.tenant.edition == .onPremises else { throw AccountsError.notFound }
    }

    func secretURL(_ stored: NamedSecret, _ request: TenantRequest) -> String {
        PagePath.secret.url(request.slug, stored.id.description)
    }

    func secretTrail(_ request: TenantRequest, _ stored: NamedSecret? = nil) -> [PageLink] {
        let list = PageLink(url: PagePath.secrets.url(request.slug), label: "Secrets")
        guard let stored else { return [list] }
        return [list, PageLink(url: secretURL(stored, request), label: stored.name)]
    }
}
