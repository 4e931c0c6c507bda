import Accounts
import EmailSettings
import Mail
import Postgres
import SMTP
import Secrets

extension ProfileEdit {
    func page(_ layout: PageLayout) -> ProfileEditPage {
        ProfileEditPage(
            layout: layout,
            heading: heading,
            action: action,
            cancelURL: cancelURL,
            version: String(version),
            unsaved: isUnsaved,
            conflict: conflict,
            tabs: ProfileTab.allCases.map(tab),
            recipient: .recipient(recipient, errors),
            proof: proof
        )
    }

    private func tab(_ tab: ProfileTab) -> FormTab {
        let problems = errors.count { FieldPlaces.tab(of: $0.field) == tab }
        return FormTab(
            id: tab.anchor,
            title: tab.title,
            condition: tab.condition.rawValue,
            reason: tab.condition == .always ? nil : tab.reason,
            problems: problems == 0 ? nil : counted(Int64(problems), "problem"),
            settings: settings(of: tab),
            presets: tab == .server ? presets : nil,
            headers: tab == .message ? preview ?? HeaderPreview(text: nil, reason: nil) : nil,
            checks: tab == .smime ? [check(.signing), check(.encryption)] : [],
            sample: tab == .oauth ? SampleData(asks: asksAboutSample) : nil,
            office: tab == .office ? officeGuide : nil
        )
    }

    /// The fields of a tab with its credentials in their places.
    private func settings(of tab: ProfileTab) -> [FormSetting] {
        (FieldPlaces.byTab[tab] ?? []).map { place in
            switch place {
            case .field(let field): setting(field)
            case .credential(let field): setting(field)
            }
        }
    }

    private var presets: PresetPicker {
        PresetPicker(
            options: ProviderPreset.all.map {
                ChoiceOption(value: $0.id, label: $0.name, chosen: $0.id == preset?.id)
            },
            explanation: (preset?.wants ?? []).map(TextLine.init),
            title: preset.map { "\($0.name) is filled in. What it wants:" }
        )
    }

    private func setting(_ field: ProfileField) -> FormSetting {
        var setting = FormSetting(
            condition: field.condition.rawValue,
            reason: field.condition == .always ? nil : field.condition.reason,
            label: field.label
        )
        switch field {
        case .port: setting.port = port(field, follows: .tls)
        case .firewallPort: setting.port = port(field, follows: .firewallType)
        case .method, .tls, .firewallType: setting.radio = choice(field)
        default:
            switch field.kind {
            case .line, .number: setting.text = text(field)
            case .text, .addresses, .headers: setting.area = text(field)
            case .flag: setting.check = check(field)
            case .choice: setting.select = choice(field)
            case .certificate: setting.select = certificates(field)
            case .application: setting.select = applications(field)
            case .certificates: setting.certificates = certificates(field)
            }
        }
        return setting
    }

    private func text(_ field: ProfileField) -> TextField {
        let words = field.words
        let isAddress: Set<ProfileField> = [
            .fromAddress, .envelopeSender, .readReceiptTo, .returnReceiptTo,
        ]
        let isRequired: Set<ProfileField> = [.name, .fromAddress, .timeoutSeconds]
        return TextField(
            name: field.rawValue,
            label: words.label,
            value: form[field],
            type: isAddress.contains(field) ? "email" : field.kind == .number ? "number" : "text",
            hint: words.hint,
            effect: words.effect,
            error: errors.message(for: field.rawValue),
            required: isRequired.contains(field),
            autocomplete: field == .fromAddress ? "email" : "off",
            width: field.kind == .line ? "medium" : field.kind == .number ? "short" : "full"
        )
    }

    private func port(_ field: ProfileField, follows choice: ProfileField) -> PortField {
        let words = field.words
        let usual = field == .port ? form.defaultPort : form.defaultFirewallPort
        return PortField(
            name: field.rawValue,
            label: words.label,
            value: form[field],
            hint: "Empty: the usual port, now \(usual).",
            effect: words.effect,
            error: errors.message(for: field.rawValue),
            follows: choice.rawValue
        )
    }

    private func check(_ field: ProfileField) -> CheckboxField {
        let words = field.words
        return CheckboxField(
            name: field.rawValue,
            label: words.label,
            hint: words.hint,
            effect: words.effect,
            error: errors.message(for: field.rawValue),
            checked: form.flag(field)
        )
    }

    private func choice(_ field: ProfileField) -> ChoiceField {
        let words = field.words
        return ChoiceField(
            name: field.rawValue,
            label: words.label,
            hint: words.hint,
            effect: words.effect,
            error: errors.message(for: field.rawValue),
            options: field.choices.map {
                ChoiceOption(
                    value: $0.value,
                    label: $0.label,
                    explanation: $0.explanation,
                    chosen: $0.value == form[field],
                    usualPort: Self.usualPort(field, $0.value)
                )
            }
        )
    }

    /// The Microsoft applications among the named secrets, and one that is chosen and gone.
    private func applications(_ field: ProfileField) -> ChoiceField {
        let words = field.words
        let chosen = form[field]
        var options = applications.map {
            ChoiceOption(
                value: $0.id.description,
                label: $0.name,
                chosen: $0.id.description == chosen
            )
        }
        if !chosen.isEmpty, !options.contains(where: \.chosen) {
            options.append(
                ChoiceOption(value: chosen, label: "A secret that is gone", chosen: true)
            )
        }
        options.insert(ChoiceOption(value: "", label: "None", chosen: chosen.isEmpty), at: 0)
        return ChoiceField(
            name: field.rawValue,
            label: words.label,
            hint: words.hint,
            effect: words.effect,
            error: errors.message(for: field.rawValue),
            options: options
        )
    }

    /// What the store offers for the field, and what is chosen and not there any more.
    private func certificates(_ field: ProfileField) -> ChoiceField {
        let words = field.words
        let chosen = form[field].utf8.split(separator: 0x0A).map { String(Substring($0)) }
        var options = (certificates[field] ?? []).map { choice in
            ChoiceOption(
                value: choice.id.description,
                label: [choice.name, choice.subject].filter { !$0.isEmpty }
                    .joined(separator: " – "),
                explanation: choice.problem?.text,
                chosen: chosen.contains(choice.id.description)
            )
        }
        for gone in chosen where !options.contains(where: { $0.value == gone }) {
            options.append(
                ChoiceOption(value: gone, label: "A certificate that is gone", chosen: true)
            )
        }
        if field.kind == .certificate {
            options.insert(
                ChoiceOption(value: "", label: "None", chosen: chosen.isEmpty),
                at: 0
            )
        }
        return ChoiceField(
            name: field.rawValue,
            label: words.label,
            hint: words.hint,
            effect: words.effect,
            error: errors.message(for: field.rawValue),
            options: options
        )
    }

    /// The button that tries signing or encrypting, and what came out.
    private func check(_ purpose: SMIMEPurpose) -> SettingCheck {
        let isSigning = purpose == .signing
        var check = SettingCheck(
            action: isSigning
                ? ProfileButton.verifySign.rawValue : ProfileButton.verifyEncrypt.rawValue,
            label: isSigning ? "Verify signing" : "Verify encryption",
            condition: isSigning
                ? FieldCondition.signing.rawValue : FieldCondition.encrypting.rawValue
        )
        guard let result = verifications[purpose] else { return check }
        check.badge =
            result.succeeded
            ? StateBadge(
                tone: result.problems.isEmpty ? "good" : "warning",
                label: isSigning ? "The sample was signed" : "The sample was encrypted"
            ) : StateBadge(tone: "bad", label: "It does not work")
        check.sentence =
            result.problems.isEmpty
            ? nil : result.problems.map(\.userText).joined(separator: " ")
        check.facts = result.findings.map { FactRow(term: $0.label, detail: $0.value) }
        check.hasFacts = !check.facts.isEmpty
        return check
    }

    private static func usualPort(_ field: ProfileField, _ value: String) -> String? {
        switch (field, value) {
        case (.tls, _): TLSMode(rawValue: value).map { String($0.defaultPort) }
        case (.firewallType, "none"): ""
        case (.firewallType, "tunnel"): "80"
        case (.firewallType, _): "1080"
        default: nil
        }
    }

    private func setting(_ field: CredentialField) -> FormSetting {
        let words = field.words
        guard field.isTyped else {
            return FormSetting(
                condition: field.condition.rawValue,
                reason: field.condition.reason,
                label: words.label,
                authorization: authorization(field)
            )
        }
        let error = errors.first { $0.field == field.rawValue }
        let mustReenter = error?.code == "destinationChanged"
        let action = credentials.action(field)
        let chosen = mustReenter || error != nil && action == "keep" ? "replace" : action
        return FormSetting(
            condition: field.condition.rawValue,
            reason: field.condition.reason,
            label: words.label,
            credential: CredentialInput(
                name: field.rawValue,
                label: words.label,
                hint: words.hint,
                effect: words.effect,
                stored: keptState(field),
                isHidden: field.isHidden,
                noun: field.noun,
                keeps: chosen != "replace" && chosen != "remove",
                replaces: chosen == "replace",
                removes: chosen == "remove",
                value: credentials.shown(field),
                advice: credentials.advice(field),
                valueError: error?.message,
                confirmError: errors.message(for: "\(field.rawValue)Confirm")
            )
        )
    }

    func keptState(_ field: CredentialField) -> StoredCredential? {
        if let draft, draft.has(field) {
            let source = draft.source(of: field)
            return StoredCredential(
                from: source.map { sources?.text(of: $0) ?? "a secret that is gone" },
                at: DisplayTime(draft.updatedAt),
                by: source == nil ? "you, for a test, not saved yet" : "you, not saved yet"
            )
        }
        return saved?.credentials[field].map(StoredCredential.init)
    }
}

extension ConflictPanel {
    init(_ saved: EmailProfile, _ form: ProfileForm, _ names: [String: String]) {
        self.init(
            who: saved.updatedBy,
            at: DisplayTime(saved.updatedAt),
            rows: ConflictRow.differing(
                ProfileField.allCases.map {
                    ($0.label, form.shown($0, names) ?? "", saved.form.shown($0, names) ?? "")
                }
            )
        )
    }
}
