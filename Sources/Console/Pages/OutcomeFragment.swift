import Templates

/// Data of the `outcome` event.
struct OutcomeFragment: TemplatePage {
    static let template = "tests/outcome-event"

    var iconURL: String
    var csrf: String
    var outcome: OutcomePanel

    static let fields: [Field] = [
        Field("iconURL", \.iconURL),
        Field("csrf", \.csrf),
        Field("outcome", \.outcome),
    ]
}
