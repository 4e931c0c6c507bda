import Accounts
import Mail
import SMTP

extension ProfileDraft {
    /// Every field with its value in words; credentials are not among them.
    package var namedValues: [(field: String, value: String)] {
        [
            ("name", name), ("description", description),
            ("fromAddress", fromAddress?.text ?? ""), ("fromName", fromName?.text ?? ""),
            ("host", host?.text ?? ""), ("port", String(port)),
            ("timeoutSeconds", String(timeoutSeconds)), ("tls", tls.rawValue),
            ("verifyCertificate", verifyCertificate ? "on" : "off"),
            ("heloName", heloName?.text ?? ""), ("authentication", authentication.rawValue),
            (
                "allowPlaintextAuthentication", allowPlaintextAuthentication ? "on" : "off"
            ),
        ]
    }

    /// What the save changes; of credentials only that they changed.
    func auditChanges(
        from saved: EmailProfile?,
        _ credentials: CredentialChanges
    ) -> [AuditChange] {
        let old = saved?.draft.namedValues.map(\.value)
        var changes: [AuditChange] = []
        for (index, (field, value)) in namedValues.enumerated() {
            let before = old?[index] ?? ""
            if before != value { changes.append(AuditChange(field, old: before, new: value)) }
        }
        for (field, change, was) in [
            ("username", credentials.username, saved?.username),
            ("password", credentials.password, saved?.password),
        ] {
            let before = was == nil ? "not set" : "set"
            switch change {
            case .keep: continue
            case .replace:
                changes.append(
                    AuditChange(field, old: before, new: was == nil ? "set" : "replaced")
                )
            case .remove:
                if was != nil {
                    changes.append(AuditChange(field, old: before, new: "removed"))
                }
            }
        }
        return changes
    }
}
