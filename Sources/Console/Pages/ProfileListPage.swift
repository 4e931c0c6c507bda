import Templates

/// `/t/{t}/email` (on premises).
struct ProfileListPage: TemplatePage {
    static let template = "email/profiles"

    var layout: PageLayout
    var newURL: String?
    var importURL: String?
    var profiles: [ProfileRow] = []
    var noneActive: Bool = false

    static let fields: [Field] = [
        Field("layout", \.layout),
        Field("newURL", \.newURL),
        Field("importURL", \.importURL),
        Field("profiles", \.profiles),
        Field("noneActive", \.noneActive),
    ]
}
