import Templates

/// `/t/{t}/deliveries`.
struct DeliveryListPage: TemplatePage {
    static let template = "deliveries/list"

    var layout: PageLayout
    var retention: String
    var standing: StandingPanel?
    /// Something waits or is being sent: the script looks again.
    var isWatched: Bool = false
    var action: String
    var statusFilter: ChoiceField
    var recipientFilter: TextField
    var subjectFilter: TextField
    var eventFilter: TextField
    var codeFilter: TextField
    var since: TextField
    var until: TextField
    var isFiltered: Bool = false
    var count: String
    var rows: [DeliveryRow] = []
    var older: String?
    var newer: String?
    var emptyHint: String
    var example: SendingExample

    static let fields: [Field] = [
        Field("layout", \.layout),
        Field("retention", \.retention),
        Field("standing", \.standing),
        Field("isWatched", \.isWatched),
        Field("action", \.action),
        Field("statusFilter", \.statusFilter),
        Field("recipientFilter", \.recipientFilter),
        Field("subjectFilter", \.subjectFilter),
        Field("eventFilter", \.eventFilter),
        Field("codeFilter", \.codeFilter),
        Field("since", \.since),
        Field("until", \.until),
        Field("isFiltered", \.isFiltered),
        Field("count", \.count),
        Field("rows", \.rows),
        Field("older", \.older),
        Field("newer", \.newer),
        Field("emptyHint", \.emptyHint),
        Field("example", \.example),
    ]
}

/// How the mail stands, above the log.
struct StandingPanel: TemplateModel {
    var tone: String
    var waiting: String
    var next: DisplayTime?
    /// Where "Try all now" is sent; nil when nothing waits, or it is not the reader's to do.
    var tryURL: String?

    static let fields: [Field] = [
        Field("tone", \.tone),
        Field("waiting", \.waiting),
        Field("next", \.next),
        Field("tryURL", \.tryURL),
    ]
}

/// A line of the log.
struct DeliveryRow: TemplateModel {
    var url: String
    var at: DisplayTime
    var subject: String
    var to: String
    var event: String?
    var state: StateBadge
    var code: String?
    var next: DisplayTime?
    var attempts: String

    static let fields: [Field] = [
        Field("url", \.url),
        Field("at", \.at),
        Field("subject", \.subject),
        Field("to", \.to),
        Field("event", \.event),
        Field("state", \.state),
        Field("code", \.code),
        Field("next", \.next),
        Field("attempts", \.attempts),
    ]
}

/// How a system hands a message over.
struct SendingExample: TemplateModel {
    /// Shown at once, because there is nothing else.
    var opened: Bool = false
    var command: String
    var accountURL: String
    var descriptionURL: String

    static let fields: [Field] = [
        Field("opened", \.opened),
        Field("command", \.command),
        Field("accountURL", \.accountURL),
        Field("descriptionURL", \.descriptionURL),
    ]
}
