import Accounts
import EmailSettings
import HTTP
import Postgres
import Templates

extension Console {
    func createToken(_ request: SignedInRequest) async throws -> Response {
        let form = TokenForm(request.form)
        let named = request.visit.memberships.first { $0.tenant.slug.text == form.tenant }
        guard let membership = named else {
            let problem = FieldError("tenant", "choice", "Choose one of the tenants.")
            return try await accountPage(request, errors: [problem], tokenForm: form)
        }
        let access = try await accounts.authoriser.enter(
            membership.tenant.slug,
            request.visit,
            needing: .tokensModify
        )
        do {
            let draft = try form.parse(within: membership.role.permissions)
            let token = try await accounts.tokens.create(draft, access)
            return try await accountPage(
                request,
                errors: [],
                made: MadeToken(name: draft.name, text: token.text)
            )
        } catch let rejection as TokenRejection {
            return try await accountPage(
                request,
                errors: rejection.problems.map { FieldError($0.field, $0.code, $0.message) },
                tokenForm: form
            )
        }
    }

    func revokeToken(_ request: SignedInRequest) async throws -> Response {
        try await accounts.tokens.revoke(request.page.id(), request.visit)
        return .redirect(to: PagePath.account.url() + "?notice=tokenRevoked")
    }

    /// The section of the account's page.
    func tokensPanel(
        _ visit: Visit,
        _ form: TokenForm?,
        _ made: MadeToken?,
        _ errors: [FieldError]
    ) async throws -> TokensPanel {
        let tokens = try await accounts.tokens.tokens(of: visit)
        return TokensPanel(
            made: made,
            hasTokens: !tokens.isEmpty,
            tokens: tokens.map(TokenRow.init),
            form: TokenFields(visit, form, errors)
        )
    }
}

extension TokenForm {
    fileprivate init(_ sent: FormBody) {
        self.init()
        tenant = sent["tenant"] ?? ""
        name = sent["name"] ?? ""
        permissions = sent.all("permissions")
        days = sent["days"] ?? ""
    }
}

extension TokenRow {
    fileprivate init(_ token: TokenSummary) {
        self.init(
            name: token.name,
            tenant: token.tenantName,
            permissions: token.permissions.joined(separator: ", "),
            used: token.lastUsedAt.map { DisplayTime($0) },
            expires: DisplayTime(token.expiresAt),
            expired: token.isExpired,
            revokeURL: PagePath.accountTokenRevoke.url(token.id.description)
        )
    }
}

extension TokenFields {
    /// Nil when the person may not make tokens in any tenant.
    fileprivate init?(_ visit: Visit, _ typed: TokenForm?, _ errors: [FieldError]) {
        let form = typed ?? TokenForm()
        let possible = visit.memberships.filter {
            $0.role.permissions.contains(.tokensModify)
        }
        guard !possible.isEmpty else { return nil }
        let own = possible.reduce(into: Set<Permission>()) { $0.formUnion($1.role.permissions) }
        self.init(
            action: PagePath.accountTokens.url(),
            tenant: ChoiceField(
                name: "tenant",
                label: "Tenant",
                hint: nil,
                error: errors.message(for: "tenant"),
                options: possible.map { ($0.tenant.slug.text, $0.tenant.name) }.map {
                    ChoiceOption(
                        value: $0.0,
                        label: $0.1,
                        explanation: nil,
                        chosen: $0.0 == form.tenant,
                        usualPort: nil
                    )
                }
            ),
            name: .make(
                "name",
                "Name",
                form.name,
                hint: "What uses it, for example nightly configuration.",
                required: true,
                errors: errors
            ),
            permissions: ChoiceField(
                name: "permissions",
                label: "Permissions",
                hint: nil,
                error: errors.message(for: "permissions"),
                options: Permission.allCases.filter(own.contains).map {
                    ChoiceOption(
                        value: $0.rawValue,
                        label: $0.rawValue,
                        explanation: $0.words,
                        chosen: form.permissions.contains($0.rawValue),
                        usualPort: nil
                    )
                }
            ),
            days: .make(
                "days",
                "Days until it expires",
                form.days,
                hint: "1 to \(TokenForm.longestDays).",
                required: true,
                width: "short",
                errors: errors
            )
        )
    }
}

extension Permission {
    /// What it allows, for the page.
    fileprivate var words: String {
        switch self {
        case .emailRead: "See the email settings"
        case .emailModify: "Change the email settings"
        case .emailTest: "Test connections and send test emails"
        case .emailSend: "Hand over messages, and try again or cancel those that wait"
        case .logsRead: "See the tests and their steps, and the deliveries"
        case .secretsRead: "See which secrets there are, never their values"
        case .secretsModify: "Set and remove secrets"
        case .certificatesModify: "Add and remove certificates"
        case .templatesRead: "See the templates"
        case .templatesModify: "Change the templates"
        case .usersRead: "See the people and their roles"
        case .usersModify: "Invite people and change their roles"
        case .auditRead: "See the audit trail"
        case .tokensModify: "Make tokens"
        case .tenantsRead: "See all tenants"
        case .tenantsModify: "Change tenants"
        case .platformModify: "Change the platform"
        case .supportRead: "See the tests of all tenants"
        }
    }
}
