import Templates

/// `/t/{t}`.
struct OverviewPage: TemplatePage {
    static let template = "overview"

    var layout: PageLayout
    var heading: String
    var health: StateBadge
    var headline: String
    var sentence: String
    var nextStep: PageLink?
    var activeTitle: String
    var active: ActiveSettings?
    var none: String
    var lastTest: TestRow?
    var hasFailures: Bool = false
    var failures: [TestRow] = []
    var testsURL: String
    /// Messages that wait for another attempt or have failed.
    var mail: MailPanel?
    /// What ends soon or has failed.
    var endings: EndingsPanel?

    static let fields: [Field] = [
        Field("layout", \.layout),
        Field("heading", \.heading),
        Field("health", \.health),
        Field("headline", \.headline),
        Field("sentence", \.sentence),
        Field("nextStep", \.nextStep),
        Field("activeTitle", \.activeTitle),
        Field("active", \.active),
        Field("none", \.none),
        Field("lastTest", \.lastTest),
        Field("hasFailures", \.hasFailures),
        Field("failures", \.failures),
        Field("testsURL", \.testsURL),
        Field("mail", \.mail),
        Field("endings", \.endings),
    ]
}

/// Mail that somebody should look at.
struct MailPanel: TemplateModel {
    var delayed: String?
    var next: DisplayTime?
    var failed: String?
    var url: String

    static let fields: [Field] = [
        Field("delayed", \.delayed),
        Field("next", \.next),
        Field("failed", \.failed),
        Field("url", \.url),
    ]
}

/// What in use ends within 60 days, or has failed.
struct EndingsPanel: TemplateModel {
    var allURL: String
    var rows: [ExpiryRow] = []

    static let fields: [Field] = [
        Field("allURL", \.allURL),
        Field("rows", \.rows),
    ]
}
