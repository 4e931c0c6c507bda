import Templates

/// `/t/{t}/tests` and `/support/tests`.
struct TestListPage: TemplatePage {
    static let template = "tests/list"

    var layout: PageLayout
    var heading: String
    var retention: String
    var isSupport: Bool = false
    var action: String
    var statusFilter: ChoiceField
    var tenantFilter: ChoiceField?
    var recipientFilter: TextField
    var personFilter: TextField
    var codeFilter: TextField
    var since: TextField
    var until: TextField
    var isFiltered: Bool = false
    var clearURL: String
    var count: String
    var rows: [TestRow] = []
    var older: String?
    var newer: String?
    var emptyHint: String

    static let fields: [Field] = [
        Field("layout", \.layout),
        Field("heading", \.heading),
        Field("retention", \.retention),
        Field("isSupport", \.isSupport),
        Field("action", \.action),
        Field("statusFilter", \.statusFilter),
        Field("tenantFilter", \.tenantFilter),
        Field("recipientFilter", \.recipientFilter),
        Field("personFilter", \.personFilter),
        Field("codeFilter", \.codeFilter),
        Field("since", \.since),
        Field("until", \.until),
        Field("isFiltered", \.isFiltered),
        Field("clearURL", \.clearURL),
        Field("count", \.count),
        Field("rows", \.rows),
        Field("older", \.older),
        Field("newer", \.newer),
        Field("emptyHint", \.emptyHint),
    ]
}
