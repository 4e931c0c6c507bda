import Templates

/// After POST /logout.
struct SignedOutPage: TemplatePage {
    static let template = "signed-out"

    var layout: PageLayout
    var everywhere: Bool = false

    static let fields: [Field] = [
        Field("layout", \.layout),
        Field("everywhere", \.everywhere),
    ]
}
