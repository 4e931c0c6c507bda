import Accounts
import EmailSettings
import SMTP

/// A profile as a program sends it: the object of a settings file, with what answers add to it.
struct ProfileInput {
    let form: ProfileForm
    let changes: CredentialChanges
    /// What was sent, for the answer to a conflict: without credentials.
    let shown: JSON

    /// Reads it as a change of `saved`, or as a new profile.
    ///
    /// A missing field has the value that `form` has; a missing credential stays as it is. Throws:
    /// `FormRejection` with every unknown name and wrong type.
    init(_ json: JSON, over form: ProfileForm = ProfileForm(), of saved: EmailProfile?) throws {
        var errors: [FieldError] = []
        var kept: [CredentialField: CredentialChange] = [:]
        for field in CredentialField.allCases {
            do throws(FieldError) {
                kept[field] = try Self.change(json[field.rawValue], field, saved)
            } catch { errors.append(error) }
        }
        // What answers add may come back as it was; it changes nothing.
        let fields = (json.members ?? []).filter { member in
            let isRead = CredentialField(rawValue: member.name).map { kept[$0] != nil } ?? false
            return !isRead && !FieldTable.profileState.contains(member.name)
                && !errors.contains { $0.field == member.name }
        }
        var file: SettingsFile?
        do {
            file = try SettingsFile(.object(fields), over: form)
        } catch let rejection as FormRejection { errors += rejection.errors }
        guard errors.isEmpty, let file else { throw FormRejection(errors) }
        var changes = file.changes
        for (field, change) in kept { changes[field] = change }
        self.form = file.form
        self.changes = changes
        shown = .object(fields.filter { CredentialField(rawValue: $0.name) == nil })
    }

    /// Who takes credentials from secrets and vaults decides where they go, and who chooses an
    /// application what it does; `saved` is the profile that is changed.
    ///
    /// Throws: `AccountsError.missingPermission`.
    func check(_ access: TokenAccess, of saved: EmailProfile?) throws(AccountsError) {
        let isChosen = form.choosesApplication(besides: saved?.form)
        guard !(changes.refersToSources || isChosen) || access.may(.secretsModify) else {
            throw .missingPermission(.secretsModify)
        }
    }

    /// What an answer says of a credential, or an empty value, sent back; nil for all else, which a
    /// settings file may have as well.
    private static func change(
        _ json: JSON?,
        _ field: CredentialField,
        _ saved: EmailProfile?
    ) throws(FieldError) -> CredentialChange? {
        if json?["value"]?.text?.isEmpty == true {
            throw FieldError(
                field.rawValue,
                "required",
                "Enter the \(field.noun), or send null to remove it."
            )
        }
        switch json?["state"]?.text {
        case "none": return .remove
        case "stored", "secret", "provider":
            guard saved?.credentials[field] != nil else {
                throw FieldError(
                    field.rawValue,
                    "notStored",
                    "There is no stored \(field.noun); send its value."
                )
            }
            return .keep
        default: return nil
        }
    }
}
