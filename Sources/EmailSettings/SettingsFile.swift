package import Observability
package import SMTP

/// Settings as JSON: the field names of the form, grouped flat.
///
/// A missing field has its default; an unknown field is an error that names it. A credential is
/// `{"value": …}` or, where files are allowed, `{"file": …}`.
package struct SettingsFile: Sendable {
    package let form: ProfileForm
    package let username: Redacted<[UInt8]>?
    package let password: Redacted<[UInt8]>?
    /// The fields that a stored profile does not have yet.
    let way: WayFields

    private static let textFields: [(String, any WritableKeyPath<ProfileForm, String> & Sendable)] =
        [
            ("name", \.name), ("description", \.description), ("fromAddress", \.fromAddress),
            ("fromName", \.fromName), ("host", \.host), ("tls", \.tls), ("heloName", \.heloName),
            ("authentication", \.authentication),
        ]
    private static let numberFields:
        [(String, any WritableKeyPath<ProfileForm, String> & Sendable)] =
            [("port", \.port), ("timeoutSeconds", \.timeoutSeconds)]
    private static let flagFields: [(String, any WritableKeyPath<ProfileForm, Bool> & Sendable)] = [
        ("verifyCertificate", \.verifyCertificate),
        ("allowPlaintextAuthentication", \.allowPlaintextAuthentication),
    ]

    /// Reads `json`; `readFile` opens what `{"file": …}` names.
    ///
    /// Throws: `FormRejection` with every field that is unknown or has the wrong type, and what
    /// `readFile` throws.
    package init(_ json: JSON, readFile: (String) throws -> [UInt8]) throws {
        guard let members = json.members else {
            throw FormRejection([
                FieldError("settings", "form", "Write the settings as one JSON object.")
            ])
        }
        var form = ProfileForm()
        var way = WayFields()
        form.name = "Settings file"
        form.tls = TLSMode.automatic.rawValue
        var credentials: [String: Redacted<[UInt8]>] = [:]
        var errors: [FieldError] = []
        for member in members {
            if member.name == "username" || member.name == "password" {
                do {
                    credentials[member.name] = try Self.credential(member, readFile)
                } catch let error as FieldError { errors.append(error) }
            } else if WayFields.names.contains(member.name) {
                do {
                    try way.set(member, readFile)
                } catch let error as FieldError { errors.append(error) }
            } else if let error = Self.set(member, in: &form) {
                errors.append(error)
            }
        }
        guard errors.isEmpty else { throw FormRejection(errors) }
        self.form = form
        self.way = way
        username = credentials["username"]
        password = credentials["password"]
    }

    /// The settings as a test uses them.
    ///
    /// Throws: `FormRejection`.
    package func effectiveSettings() throws(FormRejection) -> EffectiveSettings {
        let settings = try form.parse().effectiveSettings(
            ProfileCredentials(username: username, password: password),
            profileID: nil
        )
        return try way.apply(to: settings)
    }

    /// The settings as they can be kept, for the platform's relay.
    ///
    /// Throws: `FormRejection` that names the fields that only a test can have.
    package func storedSettings() throws(FormRejection) -> EffectiveSettings {
        let unstored = way.given.map {
            FieldError($0, "unstored", "Remove \($0): it can be tested, but not kept yet.")
        }
        guard unstored.isEmpty else { throw FormRejection(unstored) }
        return try effectiveSettings()
    }

    private static func set(_ member: JSON.Member, in form: inout ProfileForm) -> FieldError? {
        let name = member.name
        if let (_, path) = textFields.first(where: { $0.0 == name }) {
            guard let text = member.value.text else { return wrongType(name, "text") }
            form[keyPath: path] = text
        } else if let (_, path) = numberFields.first(where: { $0.0 == name }) {
            guard let number = member.value.number else { return wrongType(name, "a number") }
            form[keyPath: path] = String(number)
        } else if let (_, path) = flagFields.first(where: { $0.0 == name }) {
            guard let flag = member.value.flag else { return wrongType(name, "true or false") }
            form[keyPath: path] = flag
        } else if name == "method" {
            guard member.value.text == "smtp" else {
                return FieldError(name, "choice", "Write smtp as the method.")
            }
        } else {
            return FieldError(name, "unknown", "Remove \(name): there is no such field.")
        }
        return nil
    }

    static func wrongType(_ name: String, _ wanted: String) -> FieldError {
        FieldError(name, "type", "Write \(name) as \(wanted).")
    }

    static func credential(
        _ member: JSON.Member,
        _ readFile: (String) throws -> [UInt8]
    ) throws -> Redacted<[UInt8]>? {
        if member.value == .null { return nil }
        guard let members = member.value.members, members.count == 1, let only = members.first,
            let text = only.value.text
        else { throw wrongType(member.name, #"{"value": "…"} or {"file": "…"}"#) }
        switch only.name {
        case "value": return Redacted(Array(text.utf8))
        case "file":
            var bytes = try readFile(text)
            while bytes.last == 0x0A || bytes.last == 0x0D { bytes.removeLast() }
            return Redacted(bytes)
        default:
            throw FieldError(
                member.name,
                "unknown",
                "Write \(member.name) with value or file, not \(only.name)."
            )
        }
    }
}
