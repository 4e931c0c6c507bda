import Templates

/// What the template `email/branding-edit` shows.
struct BrandingEditPage: TemplatePage {
    static let template = "email/branding-edit"

    var layout: PageLayout
    var action: String
    var cancelURL: String
    var version: String
    var unsaved: Bool = false
    var conflict: ConflictPanel?
    var fromAddress: TextField
    var fromName: TextField
    var domain: StateBadge
    var domainSentence: String
    var recipient: TextField

    static let fields: [Field] = [
        Field("layout", \.layout),
        Field("action", \.action),
        Field("cancelURL", \.cancelURL),
        Field("version", \.version),
        Field("unsaved", \.unsaved),
        Field("conflict", \.conflict),
        Field("fromAddress", \.fromAddress),
        Field("fromName", \.fromName),
        Field("domain", \.domain),
        Field("domainSentence", \.domainSentence),
        Field("recipient", \.recipient),
    ]
}
