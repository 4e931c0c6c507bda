import Templates

/// GET confirm, POST does it.
struct ProfileActivatePage: TemplatePage {
    static let template = "email/profile-activate"

    var layout: PageLayout
    var name: String
    var action: String
    var cancelURL: String
    var version: String
    var replaced: String?
    var proof: TestProof
    var rows: [SettingRow] = []

    static let fields: [Field] = [
        Field("layout", \.layout),
        Field("name", \.name),
        Field("action", \.action),
        Field("cancelURL", \.cancelURL),
        Field("version", \.version),
        Field("replaced", \.replaced),
        Field("proof", \.proof),
        Field("rows", \.rows),
    ]
}
