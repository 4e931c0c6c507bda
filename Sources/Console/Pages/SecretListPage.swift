import Templates

/// `/t/{t}/secrets`.
struct SecretListPage: TemplatePage {
    static let template = "secrets/list"

    var layout: PageLayout
    var newURL: String?
    var secrets: [SecretListRow] = []

    static let fields: [Field] = [
        Field("layout", \.layout),
        Field("newURL", \.newURL),
        Field("secrets", \.secrets),
    ]
}

/// A secret in the list.
struct SecretListRow: TemplateModel {
    var url: String
    var name: String
    var description: String?
    var kind: String
    var state: StateBadge
    var used: DisplayTime?
    var uses: [PageLink] = []

    static let fields: [Field] = [
        Field("url", \.url),
        Field("name", \.name),
        Field("description", \.description),
        Field("kind", \.kind),
        Field("state", \.state),
        Field("used", \.used),
        Field("uses", \.uses),
    ]
}
