import Templates

/// GET confirm, POST does it.
struct ProfileDeletePage: TemplatePage {
    static let template = "email/profile-delete"

    var layout: PageLayout
    var name: String
    var action: String
    var cancelURL: String
    var version: String

    static let fields: [Field] = [
        Field("layout", \.layout),
        Field("name", \.name),
        Field("action", \.action),
        Field("cancelURL", \.cancelURL),
        Field("version", \.version),
    ]
}
