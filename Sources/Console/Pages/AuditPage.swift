import Templates

/// `/t/{t}/audit`.
struct AuditPage: TemplatePage {
    static let template = "audit"

    var layout: PageLayout
    var emptyHint: String
    var entries: [AuditRow] = []
    var older: String?
    var newer: String?

    static let fields: [Field] = [
        Field("layout", \.layout),
        Field("emptyHint", \.emptyHint),
        Field("entries", \.entries),
        Field("older", \.older),
        Field("newer", \.newer),
    ]
}
