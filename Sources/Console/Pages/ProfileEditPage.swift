import Templates

/// New and edit; buttons action = save | undo | testConnection | testSend | defaultPort.
struct ProfileEditPage: TemplatePage {
    static let template = "email/profile-edit"

    var layout: PageLayout
    var heading: String
    var action: String
    var cancelURL: String
    var version: String
    var unsaved: Bool = false
    var conflict: ConflictPanel?
    var name: TextField
    var description: TextField
    var fromAddress: TextField
    var fromName: TextField
    var host: TextField
    var port: TextField
    var tls: ChoiceField
    var verifyCertificate: CheckboxField
    var timeoutSeconds: TextField
    var heloName: TextField
    var authentication: ChoiceField
    var username: CredentialField
    var password: CredentialField
    var allowPlaintextAuthentication: CheckboxField
    var recipient: TextField
    var proof: TestProof?

    static let fields: [Field] = [
        Field("layout", \.layout),
        Field("heading", \.heading),
        Field("action", \.action),
        Field("cancelURL", \.cancelURL),
        Field("version", \.version),
        Field("unsaved", \.unsaved),
        Field("conflict", \.conflict),
        Field("name", \.name),
        Field("description", \.description),
        Field("fromAddress", \.fromAddress),
        Field("fromName", \.fromName),
        Field("host", \.host),
        Field("port", \.port),
        Field("tls", \.tls),
        Field("verifyCertificate", \.verifyCertificate),
        Field("timeoutSeconds", \.timeoutSeconds),
        Field("heloName", \.heloName),
        Field("authentication", \.authentication),
        Field("username", \.username),
        Field("password", \.password),
        Field("allowPlaintextAuthentication", \.allowPlaintextAuthentication),
        Field("recipient", \.recipient),
        Field("proof", \.proof),
    ]
}
