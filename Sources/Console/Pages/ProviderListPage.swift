import Templates

/// `/t/{t}/providers`.
struct ProviderListPage: TemplatePage {
    static let template = "providers/list"

    var layout: PageLayout
    var newURL: String?
    var providers: [ProviderRow] = []

    static let fields: [Field] = [
        Field("layout", \.layout),
        Field("newURL", \.newURL),
        Field("providers", \.providers),
    ]
}

/// `/t/{t}/providers/new` before the kind is chosen.
struct ProviderKindPage: TemplatePage {
    static let template = "providers/kind"

    var layout: PageLayout
    var action: String
    var kind: ChoiceField
    var cancelURL: String

    static let fields: [Field] = [
        Field("layout", \.layout),
        Field("action", \.action),
        Field("kind", \.kind),
        Field("cancelURL", \.cancelURL),
    ]
}
