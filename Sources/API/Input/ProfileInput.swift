import EmailSettings
import Observability
import SMTP

/// A profile as a program sends it: the object of a settings file, with what answers add to it.
struct ProfileInput {
    let form: ProfileForm
    let changes: CredentialChanges
    private let sent: JSON

    private static let credentials = ["username", "password"]

    /// Reads it as a change of `saved`, or as a new profile.
    ///
    /// A missing field has its default; a missing credential stays as it is. Throws:
    /// `FormRejection` with every unknown name and wrong type.
    init(_ json: JSON, of saved: EmailProfile?) throws {
        var errors = InputObject.errors(of: json, .profile)
        let stored = [saved?.username != nil, saved?.password != nil]
        let changes = zip(Self.credentials, stored).map { name, isStored in
            do throws(FieldError) { return try Self.change(json[name], name, isStored) } catch {
                if !errors.contains(where: { $0.field == name }) { errors.append(error) }
                return CredentialChange.keep
            }
        }
        guard errors.isEmpty else { throw FormRejection(errors) }
        let fields = (json.members ?? []).filter { member in
            !Self.credentials.contains(member.name)
                && FieldTable.profile[member.name]?.direction == .both && member.name != "version"
        }
        var form = try SettingsFile(.object(fields), readFile: Self.noFiles).form
        if json["name"] == nil { form.name = "" }
        if json["tls"] == nil { form.tls = ProfileForm().tls }
        self.form = form
        self.changes = CredentialChanges(username: changes[0], password: changes[1])
        sent = .object(fields)
    }

    /// What was sent, for the answer to a conflict: without credentials.
    var shown: JSON { sent }

    /// Settings to test without saving them.
    ///
    /// Throws: `FormRejection`.
    static func settings(of json: JSON) throws -> EffectiveSettings {
        let errors = (json.members ?? []).filter { $0.value["file"] != nil }.map {
            FieldError($0.name, "file", "Send \($0.name) itself; files are for the command line.")
        }
        guard errors.isEmpty else { throw FormRejection(errors) }
        let fields = (json.members ?? []).filter {
            FieldTable.profile[$0.name]?.direction != .answer && $0.name != "version"
        }
        return try SettingsFile(.object(fields), readFile: noFiles).effectiveSettings()
    }

    private static func noFiles(_ path: String) throws -> [UInt8] {
        throw FieldError("settings", "file", "Send the values; files are for the command line.")
    }

    /// `{"value": …}` replaces, null and `{"state": "none"}` remove, `{"state": "stored", …}` keeps.
    private static func change(
        _ json: JSON?,
        _ name: String,
        _ isStored: Bool
    ) throws(FieldError) -> CredentialChange {
        guard let json else { return .keep }
        if json == .null { return .remove }
        if let text = json["value"]?.text, json.members?.count == 1 {
            guard !text.isEmpty else {
                throw FieldError(name, "required", "Enter the \(name), or send null to remove it.")
            }
            return .replace(Redacted(Array(text.utf8)))
        }
        switch json["state"]?.text {
        case "none": return .remove
        case "stored":
            guard isStored else {
                throw FieldError(name, "notStored", "There is no stored \(name); send its value.")
            }
            return .keep
        default: throw InputObject.wrongType(name, #"{"value": "…"} or null"#)
        }
    }
}
