import Templates

/// `/`.
struct HomePage: TemplatePage {
    static let template = "home"

    var layout: PageLayout
    var heading: String
    var doors: [PlatformDoor] = []
    var emptyHint: String?
    var hasPlaces: Bool = false
    var places: [TenantRow] = []

    static let fields: [Field] = [
        Field("layout", \.layout),
        Field("heading", \.heading),
        Field("doors", \.doors),
        Field("emptyHint", \.emptyHint),
        Field("hasPlaces", \.hasPlaces),
        Field("places", \.places),
    ]
}
