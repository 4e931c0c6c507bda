import Observability
import Accounts
import EmailSettings
import HTTP
import Postgres

/// One visit to the profile form: what was typed, what is saved, what is wrong.
struct ProfileEdit: Sendable {
    let request: TenantRequest
    /// Nil: a new profile.
    let saved: EmailProfile?
    var form: ProfileForm
    var credentials = CredentialFields()
    var recipient: String
    var version: Int
    var draft: FormDraft?
    var isUnsaved = false
    /// The form opens with what the person left unsaved.
    var showsDraft = false
    var errors: [FieldError] = []
    var conflict: ConflictPanel?
    /// How the saved values were proven; nil for a new profile.
    var proof: TestProof?

    init(_ request: TenantRequest, saved: EmailProfile?) {
        self.request = request
        self.saved = saved
        form = saved.map(ProfileForm.init) ?? ProfileForm()
        recipient = request.visit.person.email
        version = saved?.version ?? 0
    }

    mutating func read(_ sent: FormBody) {
        form.fill(sent)
        credentials = CredentialFields(sent)
        recipient = sent["recipient"] ?? ""
        version = Int(sent["version"] ?? "") ?? 0
        isUnsaved = true
    }

    /// What is wrong with the credentials: to replace one that is there, another must be typed.
    var credentialErrors: [FieldError] {
        let username = saved?.username != nil || draft?.hasUsername == true
        let password = saved?.password != nil || draft?.hasPassword == true
        return credentials.errors
            + (username && credentials.isUsernameMissing
                ? [
                    FieldError(
                        "username",
                        "required",
                        "Enter the new username, or choose to keep the one that is set."
                    )
                ] : [])
            + (password && credentials.isPasswordMissing
                ? [
                    FieldError(
                        "password",
                        "required",
                        "Enter the new password, or choose to keep the one that is set."
                    )
                ] : [])
    }

    var draftForm: DraftForm { saved.map { .profile($0.id) } ?? .newProfile }

    var action: String {
        guard let saved else { return PagePath.profileNew.url(request.slug) }
        return PagePath.profileEdit.url(request.slug, saved.id.description)
    }

    var cancelURL: String {
        guard let saved else { return PagePath.email.url(request.slug) }
        return PagePath.profile.url(request.slug, saved.id.description)
    }

    var heading: String { saved.map { "Edit \($0.name)" } ?? "New email profile" }
}

/// What the form says about the credentials, with what was typed.
struct CredentialFields: Sendable {
    private(set) var changes = CredentialChanges.keepBoth
    private(set) var usernameValue = ""
    private(set) var usernameAction = ""
    private(set) var passwordAction = ""
    private(set) var errors: [FieldError] = []
    private(set) var advice: String?
    /// Replace was chosen, and nothing typed.
    private(set) var isUsernameMissing = false
    private(set) var isPasswordMissing = false

    init() {}

    init(_ sent: FormBody) {
        usernameValue = sent["usernameValue"] ?? sent["username"] ?? ""
        let password = sent["passwordValue"] ?? sent["password"] ?? ""
        usernameAction = Self.action(sent["usernameAction"], value: usernameValue)
        passwordAction = Self.action(sent["passwordAction"], value: password)
        isUsernameMissing = sent["usernameAction"] == "replace" && usernameValue.isEmpty
        isPasswordMissing = sent["passwordAction"] == "replace" && password.isEmpty
        if passwordAction == "replace", let confirm = sent["passwordConfirm"],
            !confirm.utf8.elementsEqual(password.utf8)
        {
            errors.append(
                FieldError(
                    "passwordConfirm",
                    "differs",
                    "Enter the password twice, the same."
                )
            )
        }
        for (field, value) in [("username", usernameValue), ("password", password)] {
            if value.utf8.count > 1000 || value.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
                errors.append(
                    FieldError(
                        field,
                        "form",
                        "Enter a \(field) of at most 1000 bytes, without control characters."
                    )
                )
            }
        }
        advice = passwordAction == "replace" ? PasswordAdvice.warning(password) : nil
        changes = CredentialChanges(
            username: Self.change(usernameAction, usernameValue),
            password: Self.change(passwordAction, password)
        )
    }

    /// Without a choice, a value that was typed replaces and an empty one keeps.
    private static func action(_ sent: String?, value: String) -> String {
        switch sent {
        case "remove": "remove"
        case "keep": "keep"
        default: value.isEmpty ? "keep" : "replace"
        }
    }

    private static func change(_ action: String, _ value: String) -> CredentialChange {
        switch action {
        case "remove": .remove
        case "replace": .replace(.init(Array(value.utf8)))
        default: .keep
        }
    }
}

/// Advice on the strength of a relay's password; it warns and never forces.
enum PasswordAdvice {
    static func warning(_ password: String) -> String? {
        let bytes = Array(password.utf8)
        if bytes.isEmpty { return nil }
        let classes = [
            bytes.contains { (0x61...0x7A).contains($0) },
            bytes.contains { (0x41...0x5A).contains($0) },
            bytes.contains { (0x30...0x39).contains($0) },
            bytes.contains {
                !(0x61...0x7A).contains($0) && !(0x41...0x5A).contains($0)
                    && !(0x30...0x39).contains($0)
            },
        ].count { $0 }
        guard password.unicodeScalars.count < 12 || classes < 2 else { return nil }
        return "This password is weak: use 12 or more characters of several kinds, if the mail "
            + "server lets you choose."
    }
}

extension ProfileForm {
    /// The fields by name, as they are kept in a draft.
    var fields: [String: String] {
        [
            "name": name, "description": description, "fromAddress": fromAddress,
            "fromName": fromName, "host": host, "port": port, "timeoutSeconds": timeoutSeconds,
            "tls": tls, "verifyCertificate": verifyCertificate ? "on" : "",
            "heloName": heloName, "authentication": authentication,
            "allowPlaintextAuthentication": allowPlaintextAuthentication ? "on" : "",
        ]
    }

    mutating func fill(_ sent: FormBody) {
        fill { sent[$0] ?? "" }
    }

    mutating func fill(_ fields: [String: String]) {
        fill { fields[$0] ?? "" }
    }

    private mutating func fill(_ field: (String) -> String) {
        name = field("name")
        description = field("description")
        fromAddress = field("fromAddress")
        fromName = field("fromName")
        host = field("host")
        port = field("port")
        timeoutSeconds = field("timeoutSeconds").isEmpty ? "30" : field("timeoutSeconds")
        tls = field("tls").isEmpty ? tls : field("tls")
        verifyCertificate = field("verifyCertificate") == "on"
        heloName = field("heloName")
        authentication =
            field("authentication").isEmpty ? authentication : field("authentication")
        allowPlaintextAuthentication = field("allowPlaintextAuthentication") == "on"
    }
}
