import Accounts
import Secrets

extension ProfileDraft {
    /// What the save changes; of credentials only that they changed.
    func auditChanges(
        from saved: EmailProfile?,
        _ credentials: CredentialChanges
    ) -> [AuditChange] {
        let before = saved?.form ?? ProfileForm()
        var changes = form.differences(from: before).map { field in
            AuditChange(
                field.rawValue,
                old: saved == nil ? "" : before.auditText(field),
                new: form.auditText(field)
            )
        }
        for field in CredentialField.allCases {
            let wasSet = saved?.credentials[field] != nil
            let old = wasSet ? "set" : "not set"
            switch credentials[field] {
            case .keep: continue
            case .replace:
                changes.append(
                    AuditChange(field.rawValue, old: old, new: wasSet ? "replaced" : "set")
                )
            case .refer(let source):
                let new =
                    switch source {
                    case .named: "from a named secret"
                    case .provider: "from a secret provider"
                    }
                changes.append(AuditChange(field.rawValue, old: old, new: new))
            case .remove:
                if wasSet { changes.append(AuditChange(field.rawValue, old: old, new: "removed")) }
            }
        }
        return changes
    }
}

extension ProfileForm {
    /// A value in words.
    fileprivate func auditText(_ field: ProfileField) -> String {
        field.kind == .flag ? flag(field) ? "on" : "off" : self[field]
    }
}
