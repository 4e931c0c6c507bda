import Templates

/// New and edit; the buttons are the values of `ProfileButton`.
struct ProfileEditPage: TemplatePage {
    static let template = "email/profile-edit"

    var layout: PageLayout
    var heading: String
    var action: String
    var cancelURL: String
    var version: String
    var unsaved: Bool = false
    var conflict: ConflictPanel?
    var tabs: [FormTab] = []
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
        Field("tabs", \.tabs),
        Field("recipient", \.recipient),
        Field("proof", \.proof),
    ]
}
