import Templates

/// `/t/{t}/search?q=`.
struct SearchPage: TemplatePage {
    static let template = "search"

    var layout: PageLayout
    var query: String
    var count: String
    var hint: String
    var hits: [SearchHit] = []

    static let fields: [Field] = [
        Field("layout", \.layout),
        Field("query", \.query),
        Field("count", \.count),
        Field("hint", \.hint),
        Field("hits", \.hits),
    ]
}
