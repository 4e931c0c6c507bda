import EmailSettings
import Outbound
import Postgres
import Secrets
import SecretProviders

extension ProviderRow {
    init(_ stored: StoredProvider, slug: String) {
        let url = stored.values["url"] ?? ""
        self.init(
            url: PagePath.provider.url(slug, stored.id.description),
            name: stored.name,
            kind: stored.kind.title,
            place: HTTPSURL(url)?.place ?? url,
            state: StateBadge(stored),
            checked: stored.lastCheck.map { DisplayTime($0.at) },
            uses: stored.uses.map { PageLink($0, slug: slug) }
        )
    }
}

extension PageLink {
    init(_ use: ProviderUse, slug: String) {
        let field = FieldPlaces.label(use.field) ?? use.field
        self.init(
            url: PagePath.profile.url(slug, use.profileID.description),
            label: "\(use.profileName), \(field)"
        )
    }
}

extension StateBadge {
    init(_ stored: StoredProvider) {
        switch stored.lastCheck {
        case nil: self.init(tone: "neutral", label: "Not tested")
        case let check? where check.failure == nil: self.init(tone: "good", label: "Works")
        case _?: self.init(tone: "bad", label: "Failed")
        }
    }
}

extension [SettingGroup] {
    /// What a provider is set up with, and what is known of it.
    static func provider(_ stored: StoredProvider) -> [SettingGroup] {
        let rows = stored.kind.configuration.map { field in
            SettingRow(field.label, stored.names[field.name] ?? stored.values[field.name])
        }
        return [
            SettingGroup(id: "configuration", title: "Configuration", rows: rows),
            SettingGroup(id: "standing", title: "Standing", rows: standing(stored)),
        ]
    }

    private static func standing(_ stored: StoredProvider) -> [SettingRow] {
        let last = stored.lastCheck.map { check in
            let words = check.failure.map { "Failed: \($0)" } ?? "It answered"
            return "\(words), \(DisplayTime(check.at).text)"
        }
        var rows = [SettingRow("Last check", last ?? "Never")]
        if let end = stored.tokenExpiresAt {
            rows.append(SettingRow("Its token ends", DisplayTime(end).text))
        }
        return rows + [
            SettingRow("Added", "\(DisplayTime(stored.createdAt).text) by \(stored.createdBy)"),
            SettingRow("Changed", "\(DisplayTime(stored.updatedAt).text) by \(stored.updatedBy)"),
        ]
    }
}

extension EntryRow {
    /// `mayChange`: with what changes it and asks the provider.
    init(_ entry: ProviderEntry, of stored: StoredProvider, slug: String, mayChange: Bool) {
        let (provider, id) = (stored.id.description, entry.id.description)
        let test = PagePath.providerTest.url(slug, provider) + "?entry=\(id)#test"
        self.init(
            name: entry.name,
            reference: entry.reference.text(in: stored.kind),
            testURL: mayChange ? test : nil,
            editURL: mayChange ? PagePath.providerEntry.url(slug, provider, id) : nil,
            deleteURL: mayChange ? PagePath.providerEntryDelete.url(slug, provider, id) : nil
        )
    }
}

extension ProviderInput {
    /// The field with what was typed and what is wrong with it.
    init(
        _ field: ProviderField,
        _ value: String,
        _ choices: [ProviderChoice] = [],
        _ errors: [FieldError]
    ) {
        switch field.kind {
        case .line(let limit):
            let isLong = field.name == "url" || limit > 255
            self.init(text: .make(field, value, width: isLong ? "full" : "medium", errors))
        case .number: self.init(text: .make(field, value, width: "short", errors))
        case .choice(let values):
            let options = values.map {
                ChoiceOption(value: $0, label: $0, chosen: $0.utf8.elementsEqual(value.utf8))
            }
            self.init(select: .make(field, options, errors))
        case .authority, .ownCertificate, .secret:
            self.init(select: .make(field, Self.options(field, value, choices), errors))
        }
    }

    private static func options(
        _ field: ProviderField,
        _ value: String,
        _ choices: [ProviderChoice]
    ) -> [ChoiceOption] {
        let first = field.isRequired ? (choices.isEmpty ? "There is none yet" : "Choose") : "None"
        return [ChoiceOption(value: "", label: first)]
            + choices.map { choice in
                ChoiceOption(
                    value: choice.id.description,
                    label: choice.note.isEmpty ? choice.name : "\(choice.name) (\(choice.note))",
                    chosen: choice.id.description.utf8.elementsEqual(value.utf8)
                )
            }
    }
}

extension TextField {
    fileprivate static func make(
        _ field: ProviderField,
        _ value: String,
        width: String,
        _ errors: [FieldError]
    ) -> TextField {
        .make(
            field.name,
            field.label,
            value,
            type: field.name == "url" ? "url" : "text",
            hint: field.help.isEmpty ? nil : field.help,
            required: field.isRequired,
            width: width,
            errors: errors
        )
    }
}

extension ChoiceField {
    fileprivate static func make(
        _ field: ProviderField,
        _ options: [ChoiceOption],
        _ errors: [FieldError]
    ) -> ChoiceField {
        ChoiceField(
            name: field.name,
            label: field.label,
            hint: field.help.isEmpty ? nil : field.help,
            error: errors.message(for: field.name),
            options: options
        )
    }
}

extension FormRejection {
    init(_ refusal: ProviderRefusal) {
        self.init(refusal.problems.map { FieldError($0.field, $0.reason, $0.text) })
    }
}

extension ProviderKind {
    /// What it is, for who chooses the kind.
    var explanation: String {
        switch self {
        case .cyberArk: "Recognises this installation by AppID and client certificate."
        case .conjur: "Signs in with a login and its API key."
        case .delineaSecretServer: "Formerly Thycotic. Signs in as a user of Secret Server."
        case .delineaPlatform: "Signs in with client credentials."
        case .hashiCorpVault: "KV secrets engine 1 or 2, with a token or AppRole."
        case .azureKeyVault: "Signs in as a Microsoft application."
        }
    }
}
