import Accounts
import EmailSettings
import HTTP
import Postgres
import SecretProviders
import Secrets
import Templates

/// The buttons of credentials that lead to the choice of a source: `source-password`.
enum SourceButton {
    static func field(_ action: String?) -> CredentialField? {
        let prefix = "source-"
        guard let action, action.hasPrefix(prefix) else { return nil }
        return CredentialField(rawValue: String(action.dropFirst(prefix.count)))
    }
}

extension Console {
    // MARK: - From the form

    /// Keeps what was typed, and opens the page on which the source is chosen.
    func askForSource(_ edit: ProfileEdit, _ field: CredentialField) async throws -> Response {
        try Self.requireSource(edit.request)
        var edit = edit
        do {
            // One that it replaces need not fit any more.
            edit.credentials.remove(field)
            let (draft, changes) = try await complete(edit)
            try await email.drafts.keep(
                edit.draftFields,
                changes,
                of: draft,
                as: edit.draftForm,
                edit.request.scope
            )
            return .redirect(to: edit.sourceURL(field))
        } catch let rejection as FormRejection {
            edit.errors = rejection.errors
            try await keepFields(edit)
            return try await render(edit)
        }
    }

    static func requireSource(_ request: TenantRequest) throws {
        guard request.access.may(.secretsModify) else {
            throw AccountsError.missingPermission(.secretsModify)
        }
    }

    // MARK: - The page

    func chooseSourceOfNew(_ request: TenantRequest) async throws -> Response {
        try await chooseSource(newEdit(request))
    }

    func takeSourceOfNew(_ request: TenantRequest) async throws -> Response {
        try await takeSource(newEdit(request))
    }

    func chooseSource(_ request: TenantRequest) async throws -> Response {
        try await chooseSource(edit(request))
    }

    func takeSource(_ request: TenantRequest) async throws -> Response {
        try await takeSource(edit(request))
    }

    private func newEdit(_ request: TenantRequest) async throws -> ProfileEdit {
        try requireOnPremises(request)
        var edit = ProfileEdit(request, saved: nil)
        edit.draft = try await email.drafts.draft(edit.draftForm, request.scope)
        return edit
    }

    private func chooseSource(_ edit: ProfileEdit) async throws -> Response {
        guard let choice = try await SourceChoice(edit, email.profiles) else {
            return .redirect(to: edit.action)
        }
        return try sourcePage(choice, [])
    }

    /// Puts the chosen source into the draft of the form.
    private func takeSource(_ edit: ProfileEdit) async throws -> Response {
        guard let kept = edit.draft, let choice = try await SourceChoice(edit, email.profiles)
        else { return .redirect(to: edit.action) }
        let scope = edit.request.scope
        do {
            let source = try choice.source()
            var form = edit.saved?.form ?? ProfileForm()
            form.fill { kept.fields[$0] }
            let draft = try form.parse()
            var changes = CredentialChanges.keepAll
            changes[choice.field] = .refer(source)
            changes = try await email.drafts.resolve(changes, with: kept, for: draft, scope)
            try await email.profiles.checkSources(
                of: draft,
                changes,
                saved: edit.saved?.id,
                scope
            )
            try await email.drafts.keep(
                kept.fields,
                changes,
                of: draft,
                as: edit.draftForm,
                scope
            )
            return .redirect(to: "\(edit.action)?notice=source#\(choice.field.rawValue)")
        } catch let rejection as FormRejection {
            return try sourcePage(choice, rejection.errors)
        }
    }

    private func sourcePage(
        _ choice: SourceChoice,
        _ errors: [FieldError]
    ) throws -> Response {
        let request = choice.request
        let label = choice.field.label
        let layout = layout(
            "\(label) from a secret or a vault",
            request,
            section: .email,
            trail: [
                PageLink(url: PagePath.email.url(request.slug), label: "Email"),
                PageLink(url: choice.backURL, label: choice.profileName),
            ],
            errors: errors
        )
        return .html(
            try templates.render(choice.page(layout, errors)),
            status: errors.isEmpty ? .ok : .unprocessableContent
        )
    }
}

/// One visit to the page on which the source of a credential is chosen.
struct SourceChoice: Sendable {
    let request: TenantRequest
    let field: CredentialField
    let backURL: String
    let profileName: String
    private let action: String
    private let choices: SourceChoices
    /// Where the form would send it; empty without a server.
    private let host: String
    private let sent: @Sendable (String) -> String?

    /// Nil without a draft, or for a credential that nobody types.
    init?(_ edit: ProfileEdit, _ profiles: ProfileStore) async throws {
        guard edit.request.access.may(.secretsModify) else {
            throw AccountsError.missingPermission(.secretsModify)
        }
        guard
            let field = edit.request.parameters["field"].flatMap({
                CredentialField(rawValue: $0)
            }), field.isTyped
        else { throw AccountsError.notFound }
        guard let draft = edit.draft else { return nil }
        request = edit.request
        self.field = field
        backURL = edit.action
        profileName = edit.heading
        action = edit.sourceURL(field)
        choices = try await profiles.sourceChoices(edit.request.scope)
        var form = edit.saved?.form ?? ProfileForm()
        form.fill { draft.fields[$0] }
        // A form that does not hold together says so when it is saved.
        host = (try? form.parse())?.hosts(of: field).first ?? ""
        let typed = edit.request.form
        let request = edit.request
        sent = { name in typed[name] ?? request.request.query(name) }
    }

    private var provider: SourceChoices.Provider? {
        sent("provider").flatMap { UUID($0) }.flatMap { id in
            choices.providers.first { $0.id == id }
        }
    }

    /// The reference that was typed, or that of the entry that was picked.
    private func reference(_ provider: SourceChoices.Provider) -> SecretReference {
        let entry = sent("entry").flatMap { UUID($0) }
        if let entry = choices.entries.first(where: { $0.id == entry }),
            entry.provider == provider.id
        {
            return entry.reference
        }
        return SecretReference(
            Dictionary(
                uniqueKeysWithValues: provider.kind.reference.map {
                    ($0.name, sent($0.name) ?? "")
                }
            )
        )
    }

    /// What was chosen.
    ///
    /// Throws: `FormRejection`.
    func source() throws(FormRejection) -> CredentialSource {
        if let provider {
            let reference = reference(provider)
            let errors = reference.errors(in: provider.kind).map {
                FieldError($0.field, "reference", $0.message)
            }
            guard errors.isEmpty else { throw FormRejection(errors) }
            return .provider(provider.id, reference)
        }
        guard let id = sent("secret").flatMap({ UUID($0) }) else {
            throw FormRejection([FieldError("secret", "required", "Choose a secret.")])
        }
        return .named(id)
    }

    func page(_ layout: PageLayout, _ errors: [FieldError]) -> ProfileSourcePage {
        let fitting = choices.secrets.filter { $0.kind.fits(field) }
        return ProfileSourcePage(
            layout: layout,
            heading: "\(field.label) from a secret or a vault",
            lede: host.isEmpty
                ? "It is fetched each time it is needed."
                : "It is fetched each time it is needed, and sent to \(host) only.",
            action: action,
            error: errors.message(for: field.rawValue),
            secret: fitting.isEmpty ? nil : secretField(fitting, errors),
            providers: choices.providers.map { one in
                SourceProvider(
                    url: "\(action)?provider=\(one.id)#reference",
                    name: one.name,
                    kind: one.kind.title,
                    chosen: one.id == provider?.id
                )
            },
            hasProviders: !choices.providers.isEmpty,
            reference: provider.map { referenceForm($0, errors) },
            secretsURL: PagePath.secrets.url(request.slug),
            providersURL: PagePath.providers.url(request.slug),
            backURL: backURL
        )
    }

    private func secretField(
        _ secrets: [NamedSecretChoice],
        _ errors: [FieldError]
    ) -> ChoiceField {
        ChoiceField(
            name: "secret",
            label: "Secret",
            hint: "Each may be sent to its own servers only.",
            error: errors.message(for: "secret"),
            options: secrets.map {
                ChoiceOption(
                    value: $0.id.description,
                    label: "\($0.name) – for \($0.hosts.joined(separator: ", "))",
                    chosen: $0.id.description == sent("secret")
                )
            }
        )
    }

    private func referenceForm(
        _ provider: SourceChoices.Provider,
        _ errors: [FieldError]
    ) -> SourceReferenceForm {
        let entries = choices.entries.filter { $0.provider == provider.id }
        return SourceReferenceForm(
            id: provider.id.description,
            name: provider.name,
            entry: entries.isEmpty
                ? nil
                : ChoiceField(
                    name: "entry",
                    label: "Configured entry",
                    hint: "One that was given a name; or none, and the fields below.",
                    options: [ChoiceOption(value: "", label: "None: the fields below")]
                        + entries.map {
                            ChoiceOption(
                                value: $0.id.description,
                                label: "\($0.name) – \($0.reference.text(in: provider.kind))",
                                chosen: $0.id.description == sent("entry")
                            )
                        }
                ),
            fields: provider.kind.reference.map { setting($0, errors) }
        )
    }

    private func setting(_ part: ProviderField, _ errors: [FieldError]) -> SourceField {
        let value = sent(part.name) ?? initial(of: part)
        let error = errors.message(for: part.name)
        if case .choice(let values) = part.kind {
            return SourceField(
                select: ChoiceField(
                    name: part.name,
                    label: part.label,
                    hint: part.help.isEmpty ? nil : part.help,
                    error: error,
                    options: values.map {
                        ChoiceOption(value: $0, label: $0, chosen: $0 == value)
                    }
                )
            )
        }
        return SourceField(
            text: .make(
                part.name,
                part.label,
                value,
                hint: part.help.isEmpty ? nil : part.help,
                required: part.isRequired,
                errors: errors
            )
        )
    }

    /// The usual value; the field of a username is one.
    private func initial(of part: ProviderField) -> String {
        let isUsername = field == .username || field == .firewallUsername
        if isUsername, part.name == "fieldSlug" { return "username" }
        return part.initial
    }
}
