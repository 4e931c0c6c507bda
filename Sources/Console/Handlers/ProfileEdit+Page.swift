import EmailSettings
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
            name: .make(
                "name",
                "Name",
                form.name,
                hint: "How this profile is listed.",
                required: true,
                errors: errors
            ),
            description: .make(
                "description",
                "Description",
                form.description,
                width: "full",
                errors: errors
            ),
            fromAddress: .make(
                "fromAddress",
                "From email address",
                form.fromAddress,
                type: "email",
                hint: "Some servers only accept an address that belongs to the account.",
                required: true,
                autocomplete: "email",
                errors: errors
            ),
            fromName: .make(
                "fromName",
                "From email name",
                form.fromName,
                hint: "Shown beside the address, for example No Reply.",
                errors: errors
            ),
            host: .make(
                "host",
                "Host",
                form.host,
                hint: "A name, an IPv4 address, or an IPv6 address in square brackets. "
                    + "Empty: email is disabled for this profile.",
                errors: errors
            ),
            port: port,
            tls: tls,
            verifyCertificate: verifyCertificate,
            timeoutSeconds: .make(
                "timeoutSeconds",
                "Timeout in seconds",
                form.timeoutSeconds,
                type: "number",
                hint: "For each address of the host, 1 to 255.",
                required: true,
                width: "short",
                errors: errors
            ),
            heloName: .make(
                "heloName",
                "EHLO name",
                form.heloName,
                hint: "The name Sendproof introduces itself with. Empty: its own address.",
                errors: errors
            ),
            authentication: authentication,
            username: username,
            password: password,
            allowPlaintextAuthentication: allowPlaintext,
            recipient: .recipient(recipient, errors),
            proof: proof
        )
    }

    private var port: TextField {
        .make(
            "port",
            "Port",
            form.port,
            type: "number",
            hint: "Empty: the usual port, now \(form.defaultPort).",
            width: "short",
            errors: errors
        )
    }

    private var tls: ChoiceField {
        let explanations: [TLSMode: (String, String)] = [
            .automatic: (
                "Automatic (may be unencrypted)",
                "STARTTLS if the server offers it, plain text otherwise."
            ),
            .implicit: ("Implicit TLS (SMTPS)", "Encrypted from the first byte."),
            .startTLS: ("STARTTLS, required", "Encrypted before anything is sent, or not at all."),
            .none: ("None (unencrypted)", "Anybody on the way can read the mail."),
        ]
        return ChoiceField(
            name: "tls",
            label: "Encryption",
            hint: nil,
            error: errors.message(for: "tls"),
            options: TLSMode.allCases.map { mode in
                ChoiceOption(
                    value: mode.rawValue,
                    label: explanations[mode]?.0 ?? mode.rawValue,
                    explanation: explanations[mode]?.1,
                    chosen: mode.rawValue == form.tls,
                    usualPort: String(mode.defaultPort)
                )
            }
        )
    }

    private var verifyCertificate: CheckboxField {
        CheckboxField(
            name: "verifyCertificate",
            label: "Verify the server's certificate",
            hint: "Without this, somebody on the way can pose as the server.",
            error: nil,
            checked: form.verifyCertificate
        )
    }

    private var authentication: ChoiceField {
        ChoiceField(
            name: "authentication",
            label: "Authentication method",
            hint: nil,
            error: errors.message(for: "authentication"),
            options: Authentication.allCases.map {
                ChoiceOption(
                    value: $0.rawValue,
                    label: $0.title,
                    explanation: nil,
                    chosen: $0.rawValue == form.authentication,
                    usualPort: nil
                )
            }
        )
    }

    private var allowPlaintext: CheckboxField {
        CheckboxField(
            name: "allowPlaintextAuthentication",
            label: "Allow the password over an unencrypted connection",
            hint: "Anybody on the way can then read it.",
            error: nil,
            checked: form.allowPlaintextAuthentication
        )
    }

    private var username: CredentialField {
        credential(
            "username",
            "Username",
            saved?.username,
            isDrafted: draft?.hasUsername ?? false,
            action: credentials.usernameAction,
            value: credentials.usernameValue,
            hint: nil,
            advice: nil,
            confirmError: nil
        )
    }

    private var password: CredentialField {
        credential(
            "password",
            "Password",
            saved?.password,
            isDrafted: draft?.hasPassword ?? false,
            action: credentials.passwordAction,
            value: "",
            hint: "12 or more characters of several kinds are strong. It is encrypted and never "
                + "shown again.",
            advice: credentials.advice,
            confirmError: errors.message(for: "passwordConfirm")
        )
    }

    private func credential(
        _ name: String,
        _ label: String,
        _ stored: StoredSecret?,
        isDrafted: Bool,
        action: String,
        value: String,
        hint: String?,
        advice: String?,
        confirmError: String?
    ) -> CredentialField {
        let kept = keptState(stored, isDrafted: isDrafted)
        let error = errors.first { $0.field == name }
        let mustReenter = error?.code == "destinationChanged"
        let chosen = mustReenter || error != nil && action == "keep" ? "replace" : action
        return CredentialField(
            name: name,
            label: label,
            hint: hint,
            stored: kept,
            keeps: chosen != "replace" && chosen != "remove",
            replaces: chosen == "replace",
            removes: chosen == "remove",
            value: value,
            reentry: nil,
            advice: advice,
            valueError: error?.message,
            confirmError: confirmError
        )
    }

    private func keptState(_ stored: StoredSecret?, isDrafted: Bool) -> StoredCredential? {
        if isDrafted, let draft {
            return StoredCredential(
                at: DisplayTime(draft.updatedAt),
                by: "you, for a test, not saved yet"
            )
        }
        return stored.map(StoredCredential.init)
    }
}

extension ConflictPanel {
    init(_ saved: EmailProfile, _ form: ProfileForm) {
        let theirs = ProfileForm(saved).fields
        let yours = form.fields
        self.init(
            who: saved.updatedBy,
            at: DisplayTime(saved.updatedAt),
            rows: ConflictRow.differing(
                FieldLabels.profile.map { ($0.1, yours[$0.0] ?? "", theirs[$0.0] ?? "") }
            )
        )
    }
}
