import Templates

/// `/t/{t}/expirations`.
struct ExpirationsPage: TemplatePage {
    static let template = "expirations/list"

    var layout: PageLayout
    var rows: [ExpiryRow] = []
    var webhook: WebhookPanel?
    /// Of a tenant that has no webhook, or for somebody who may not change it.
    var webhookNote: String?

    static let fields: [Field] = [
        Field("layout", \.layout),
        Field("rows", \.rows),
        Field("webhook", \.webhook),
        Field("webhookNote", \.webhookNote),
    ]
}

/// What ends or has failed (`expirations/table`).
struct ExpiryRow: TemplateModel {
    var name: String
    var kind: String
    var state: StateBadge
    /// The date of the end, or what is known instead.
    var end: String
    /// What has failed, and what to do.
    var failure: String?
    var uses: [PageLink] = []
    /// Where it is renewed.
    var renewal: PageLink?

    static let fields: [Field] = [
        Field("name", \.name),
        Field("kind", \.kind),
        Field("state", \.state),
        Field("end", \.end),
        Field("failure", \.failure),
        Field("uses", \.uses),
        Field("renewal", \.renewal),
    ]
}

/// Where warnings are sent, for those who may change it.
struct WebhookPanel: TemplateModel {
    var action: String
    var version: String
    var url: TextField
    var enabled: CheckboxField
    /// Shown this once.
    var madeSecret: String?
    /// What came of a test event just now.
    var answer: NoticeBanner?
    /// Of one that is saved.
    var saved: SavedWebhookPanel?

    static let fields: [Field] = [
        Field("action", \.action),
        Field("version", \.version),
        Field("url", \.url),
        Field("enabled", \.enabled),
        Field("madeSecret", \.madeSecret),
        Field("answer", \.answer),
        Field("saved", \.saved),
    ]
}

/// How a saved webhook fares.
struct SavedWebhookPanel: TemplateModel {
    var secretSet: StoredCredential
    var succeeded: DisplayTime?
    var failure: WebhookFailure?

    static let fields: [Field] = [
        Field("secretSet", \.secretSet),
        Field("succeeded", \.succeeded),
        Field("failure", \.failure),
    ]
}

/// Why warnings do not arrive.
struct WebhookFailure: TemplateModel {
    var at: DisplayTime
    var text: String
    /// How many wait, in words.
    var waiting: String

    static let fields: [Field] = [
        Field("at", \.at),
        Field("text", \.text),
        Field("waiting", \.waiting),
    ]
}
