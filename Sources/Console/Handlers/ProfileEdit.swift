import Accounts
import EmailSettings
import HTTP
import Mail
import Observability
import Postgres
import Secrets

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
    /// Where the values of the draft come from, to be said with it.
    var draftNotice = ""
    var isUnsaved = false
    /// The form opens with what the person left unsaved.
    var showsDraft = false
    var errors: [FieldError] = []
    var conflict: ConflictPanel?
    /// How the saved values were proven; nil for a new profile.
    var proof: TestProof?
    /// The provider that was chosen to fill in.
    var preset: ProviderPreset?
    var preview: HeaderPreview?
    /// What the certificate fields may name.
    var certificates: [ProfileField: [CertificateChoice]] = [:]
    /// What credentials can come from; read when the form needs it.
    var sources: SourceChoices?
    /// What was switched off because of its certificate.
    var cleared: [String] = []
    /// What trying S/MIME out came to.
    var verifications: [SMIMEPurpose: SMIMEVerification] = [:]
    /// Sample data would overwrite what was typed.
    var asksAboutSample = false

    init(_ request: TenantRequest, saved: EmailProfile?) {
        self.request = request
        self.saved = saved
        form = saved?.form ?? ProfileForm()
        recipient = request.visit.person.email
        version = saved?.version ?? 0
    }

    mutating func read(_ sent: FormBody) {
        form.fill { name in
            let values = sent.all(name)
            return values.isEmpty ? nil : values.joined(separator: "\n")
        }
        credentials = CredentialFields(sent)
        recipient = sent["recipient"] ?? ""
        version = Int(sent["version"] ?? "") ?? 0
        isUnsaved = true
    }

    /// What is wrong with the credentials: to replace one that is there, another must be typed.
    var credentialErrors: [FieldError] {
        credentials.errors
            + credentials.missing { saved?.credentials[$0] != nil || draft?.has($0) == true }
    }

    /// What is kept of the form as a draft.
    var draftFields: [String: String] {
        form.fields.merging(
            ["recipient": recipient, "version": String(version), "notice": draftNotice]
        ) { $1 }
    }

    /// Does what a button does that only changes the form.
    mutating func change(_ button: ProfileButton) {
        switch button {
        case .defaultPort: form[.port] = String(form.defaultPort)
        case .defaultFirewallPort:
            form[.firewallPort] =
                form[.firewallType] == "none" ? "" : String(form.defaultFirewallPort)
        case .preset:
            let id = request.form["preset"]
            preset = ProviderPreset.all.first { $0.id == id }
            preset?.fill(&form)
        case .sampleData:
            let fields = ProfileTab.oauth.fields
            asksAboutSample = fields.contains { form[$0] != $0.initial }
            if !asksAboutSample { form.fillOAuthSample() }
        case .overwriteWithSample: form.fillOAuthSample()
        default: break
        }
    }

    /// Whether the form says anything else than what is saved.
    var differs: Bool { form != (saved?.form ?? ProfileForm()) }

    var draftForm: DraftForm { saved.map { .profile($0.id) } ?? .newProfile }

    var action: String {
        guard let saved else { return PagePath.profileNew.url(request.slug) }
        return PagePath.profileEdit.url(request.slug, saved.id.description)
    }

    var cancelURL: String {
        guard let saved else { return PagePath.email.url(request.slug) }
        return PagePath.profile.url(request.slug, saved.id.description)
    }

    var applications: [NamedSecretChoice] { sources?.applications ?? [] }

    /// The page on which a credential's source is chosen.
    func sourceURL(_ field: CredentialField) -> String {
        guard let saved else {
            return PagePath.profileNewSource.url(request.slug, field.rawValue)
        }
        return PagePath.profileSource.url(
            request.slug,
            saved.id.description,
            field.rawValue
        )
    }

    var heading: String { saved.map { "Edit \($0.name)" } ?? "New email profile" }
}

/// The buttons of the profile form.
enum ProfileButton: String {
    case save, undo, discard, keep, preset, preview, sampleData, overwriteWithSample
    case verifySign, verifyEncrypt, authorize
    case testConnection, testSend
    case defaultPort = "default-port"
    case defaultFirewallPort = "default-firewallPort"
}
