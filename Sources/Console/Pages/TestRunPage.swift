import Templates

/// `/t/{t}/tests/{id}` and `/support/test` (isSupport: no actions).
struct TestRunPage: TemplatePage {
    static let template = "tests/show"

    var layout: PageLayout
    var heading: String
    var facts: [FactRow] = []
    var started: DisplayTime
    var eventsURL: String?
    var outcome: OutcomePanel
    var steps: [StepItem] = []
    var isWaiting: Bool = false

    static let fields: [Field] = [
        Field("layout", \.layout),
        Field("heading", \.heading),
        Field("facts", \.facts),
        Field("started", \.started),
        Field("eventsURL", \.eventsURL),
        Field("outcome", \.outcome),
        Field("steps", \.steps),
        Field("isWaiting", \.isWaiting),
    ]
}
