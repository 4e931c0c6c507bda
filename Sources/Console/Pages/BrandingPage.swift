import Templates

/// `/t/{t}/email` (cloud).
struct BrandingPage: TemplatePage {
    static let template = "email/branding"

    var layout: PageLayout
    var editURL: String?
    var rows: [SettingRow] = []
    var domain: StateBadge
    var domainSentence: String
    var proof: TestProof?
    var testsURL: String

    static let fields: [Field] = [
        Field("layout", \.layout),
        Field("editURL", \.editURL),
        Field("rows", \.rows),
        Field("domain", \.domain),
        Field("domainSentence", \.domainSentence),
        Field("proof", \.proof),
        Field("testsURL", \.testsURL),
    ]
}
