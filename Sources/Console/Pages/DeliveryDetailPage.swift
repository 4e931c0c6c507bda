import Templates

/// `/t/{t}/deliveries/{id}`.
struct DeliveryDetailPage: TemplatePage {
    static let template = "deliveries/show"

    var layout: PageLayout
    var heading: String
    var to: String
    /// It waits or is being sent: the script looks again.
    var isWatched: Bool = false
    /// How often the page looks again without script; nil: when the reader wants.
    var refreshNote: String?
    var outcome: OutcomePanel
    var recipients: [RecipientRow] = []
    var hasAttempts: Bool = false
    var attempts: [AttemptItem] = []
    var facts: [FactRow] = []
    var messageID: String
    var profile: PageLink?
    var profileName: String?
    var queued: DisplayTime
    var finished: DisplayTime?
    var next: DisplayTime?

    static let fields: [Field] = [
        Field("layout", \.layout),
        Field("heading", \.heading),
        Field("to", \.to),
        Field("isWatched", \.isWatched),
        Field("refreshNote", \.refreshNote),
        Field("outcome", \.outcome),
        Field("recipients", \.recipients),
        Field("hasAttempts", \.hasAttempts),
        Field("attempts", \.attempts),
        Field("facts", \.facts),
        Field("messageID", \.messageID),
        Field("profile", \.profile),
        Field("profileName", \.profileName),
        Field("queued", \.queued),
        Field("finished", \.finished),
        Field("next", \.next),
    ]
}

/// What has been decided about one recipient.
struct RecipientRow: TemplateModel {
    var address: String
    var badge: StateBadge
    /// The relay's, for one that it refused.
    var code: String?

    static let fields: [Field] = [
        Field("address", \.address),
        Field("badge", \.badge),
        Field("code", \.code),
    ]
}

/// An attempt that did not hand the message over to everybody.
struct AttemptItem: TemplateModel {
    var number: String
    var at: DisplayTime
    var badge: StateBadge
    var code: String
    var cause: String
    var opened: Bool = false
    var steps: [StepItem] = []

    static let fields: [Field] = [
        Field("number", \.number),
        Field("at", \.at),
        Field("badge", \.badge),
        Field("code", \.code),
        Field("cause", \.cause),
        Field("opened", \.opened),
        Field("steps", \.steps),
    ]
}
