import Templates

/// `/`.
struct HomePage: TemplatePage {
    static let template = "home"

    var layout: PageLayout
    var heading: String
    var doors: [PlatformDoor] = []
    var hasPlaces: Bool = false
    var places: [TenantRow] = []

    static let fields: [Field] = [
        Field("layout", \.layout),
        Field("heading", \.heading),
        Field("doors", \.doors),
        Field("hasPlaces", \.hasPlaces),
        Field("places", \.places),
    ]
}
