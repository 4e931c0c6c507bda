import OAuth
import Observability
package import SMTP
import Postgres
import SecretProviders
import Secrets

/// Settings as JSON: the field names of the form, grouped flat.
///
/// A missing field has its default; an unknown field is an error that names it. A credential is
/// `{"value": …}` or, where files are allowed, `{"file": …}`; a certificate is the ID of one of the
/// store or, where files are allowed, `{"file": …}`, with `"password"` if its key has one.
package struct SettingsFile: Sendable {
    package private(set) var form: ProfileForm
    /// What the file says of credentials; one that it does not name is kept.
    package private(set) var changes = CredentialChanges()
    private var certificates = CertificateMaterials()
    private var application: MicrosoftApplication?

    /// Reads `json` over `form`; `readFile` opens what `{"file": …}` names.
    ///
    /// Throws: `FormRejection` with every field that is unknown or has the wrong type, and what
    /// `readFile` throws.
    package init(
        _ json: JSON,
        over form: ProfileForm = .ofSettingsFile,
        readFile: ((String) throws -> [UInt8])? = nil
    ) throws {
        guard let members = json.members else {
            throw FormRejection([
                FieldError("settings", "form", "Write the settings as one JSON object.")
            ])
        }
        self.form = form
        var errors: [FieldError] = []
        for member in members {
            do {
                try take(member, readFile)
            } catch let error as FieldError { errors.append(error) }
        }
        guard errors.isEmpty else { throw FormRejection(errors) }
    }

    private mutating func take(
        _ member: JSON.Member,
        _ readFile: ((String) throws -> [UInt8])?
    ) throws {
        if let field = CredentialField(rawValue: member.name) {
            changes[field] = try Self.change(member, readFile)
        } else if let field = ProfileField(rawValue: member.name) {
            if let readFile, field == .applicationSecret, member.value != .null {
                application = try Self.application(member.value, readFile)
                form[field] = Self.noID
            } else if let readFile, CertificateMaterials.fields.contains(field),
                member.value != .null
            {
                try takeFiles(field, member.value, readFile)
            } else {
                try form.set(field, json: member.value)
            }
        } else {
            throw FieldError(
                member.name,
                "unknown",
                "Remove \(member.name): there is no such field."
            )
        }
    }

    /// Certificates from files; the field then holds their paths.
    private mutating func takeFiles(
        _ field: ProfileField,
        _ value: JSON,
        _ readFile: @escaping (String) throws -> [UInt8]
    ) throws {
        let wanted = #"{"file": "…"}, with "password" if the key has one"#
        let values = field.kind == .certificates ? value.elements ?? [value] : [value]
        var paths: [String] = []
        for value in values {
            guard let members = value.members, let path = value["file"]?.text,
                members.allSatisfy({ $0.name == "file" || $0.name == "password" })
            else { throw FieldError.wrongType(field.rawValue, wanted) }
            var password: Redacted<[UInt8]>?
            if let member = members.first(where: { $0.name == "password" }) {
                password = try Self.change(member, readFile).replacement
            }
            certificates[field].append(
                try OpenedCertificate(
                    file: try readFile(path),
                    password: password,
                    for: field
                )
            )
            paths.append(path)
        }
        form[field] = paths.joined(separator: "\n")
    }

    /// The settings as a test uses them.
    ///
    /// Throws: `FormRejection`.
    package func effectiveSettings() throws(FormRejection) -> EffectiveSettings {
        var credentials = ProfileCredentials()
        for field in CredentialField.allCases {
            credentials[field] = changes[field].replacement
        }
        return try EffectiveSettings(
            form.parse(),
            credentials,
            certificates,
            application: application,
            profileID: nil
        )
    }

    /// Stands in the field of an application that is none of the secrets.
    private static let noID = "00000000-0000-0000-0000-000000000000"

    private static func application(
        _ value: JSON,
        _ readFile: @escaping (String) throws -> [UInt8]
    ) throws -> MicrosoftApplication {
        let field = ProfileField.applicationSecret.rawValue
        let names = ["cloud", "tenantID", "clientID", "clientSecret"]
        guard let members = value.members, members.allSatisfy({ names.contains($0.name) }),
            let tenantID = value["tenantID"]?.text, let clientID = value["clientID"]?.text,
            let secret = members.first(where: { $0.name == "clientSecret" }),
            let cloud = NationalCloud(rawValue: value["cloud"]?.text ?? "global"),
            let clientSecret = try change(secret, readFile).replacement
        else {
            throw FieldError.wrongType(
                field,
                #"{"tenantID": "…", "clientID": "…", "clientSecret": {"file": "…"}}, with "cloud" "#
                    + "if it is not global"
            )
        }
        return MicrosoftApplication(
            id: nil,
            name: "settings file",
            cloud: cloud,
            tenantID: tenantID,
            clientID: clientID,
            clientSecret: clientSecret
        )
    }

    private static func change(
        _ member: JSON.Member,
        _ readFile: ((String) throws -> [UInt8])?
    ) throws -> CredentialChange {
        if member.value == .null { return .remove }
        let forms =
            readFile == nil
            ? #"{"value": "…"}, {"secret": ID} or {"provider": ID, "reference": {…}}"#
            : #"{"value": "…"} or {"file": "…"}"#
        if readFile == nil, let change = try source(member) { return change }
        guard let members = member.value.members, members.count == 1, let only = members.first,
            let text = only.value.text
        else { throw FieldError.wrongType(member.name, forms) }
        if only.name == "value" { return .replace(Redacted(Array(text.utf8))) }
        guard only.name == "file", let readFile else {
            throw FieldError(
                member.name,
                "unknown",
                "Write \(member.name) as \(forms), not with \(only.name)."
            )
        }
        var bytes = try readFile(text)
        while bytes.last == 0x0A || bytes.last == 0x0D { bytes.removeLast() }
        return .replace(Redacted(bytes))
    }
}

extension SettingsFile {
    /// A credential that a named secret or a provider has; nil when it is given otherwise.
    private static func source(_ member: JSON.Member) throws(FieldError) -> CredentialChange? {
        let value = member.value
        if let secret = value["secret"] {
            guard value.members?.count == 1, let id = secret.text.flatMap({ UUID($0) }) else {
                throw .wrongType(member.name, #"{"secret": ID}"#)
            }
            return .refer(.named(id))
        }
        guard let provider = value["provider"] else { return nil }
        guard value.members?.count == 2, let id = provider.text.flatMap({ UUID($0) }),
            let reference = value["reference"].flatMap({ SecretReference($0) })
        else { throw .wrongType(member.name, #"{"provider": ID, "reference": {…}}"#) }
        return .refer(.provider(id, reference))
    }
}

extension ProfileForm {
    /// What a settings file starts from: encryption as the relay offers it, and a name.
    package static let ofSettingsFile: ProfileForm = {
        var form = ProfileForm()
        form[.name] = "Settings file"
        form[.tls] = TLSMode.automatic.rawValue
        return form
    }()
}
