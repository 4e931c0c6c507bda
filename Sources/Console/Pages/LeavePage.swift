import Templates

/// What the template `help/leave` shows.
struct LeavePage: TemplatePage {
    static let template = "help/leave"

    var layout: PageLayout
    var destination: String
    var yesURL: String
    var noURL: String

    static let fields: [Field] = [
        Field("layout", \.layout),
        Field("destination", \.destination),
        Field("yesURL", \.yesURL),
        Field("noURL", \.noURL),
    ]
}
