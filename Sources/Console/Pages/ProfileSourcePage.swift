import Templates

/// Where a credential of a profile comes from: a named secret, or what a provider has.
struct ProfileSourcePage: TemplatePage {
    static let template = "email/source"

    var layout: PageLayout
    var heading: String
    var lede: String
    var action: String
    /// What is wrong with the choice as a whole.
    var error: String?
    var secret: ChoiceField?
    var providers: [SourceProvider] = []
    var hasProviders: Bool
    var reference: SourceReferenceForm?
    var secretsURL: String
    var providersURL: String
    var backURL: String

    static let fields: [Field] = [
        Field("layout", \.layout),
        Field("heading", \.heading),
        Field("lede", \.lede),
        Field("action", \.action),
        Field("error", \.error),
        Field("secret", \.secret),
        Field("providers", \.providers),
        Field("hasProviders", \.hasProviders),
        Field("reference", \.reference),
        Field("secretsURL", \.secretsURL),
        Field("providersURL", \.providersURL),
        Field("backURL", \.backURL),
    ]
}

/// A provider to choose.
struct SourceProvider: TemplateModel {
    var url: String
    var name: String
    var kind: String
    var chosen: Bool

    static let fields: [Field] = [
        Field("url", \.url),
        Field("name", \.name),
        Field("kind", \.kind),
        Field("chosen", \.chosen),
    ]
}

/// What names the secret inside the chosen provider.
struct SourceReferenceForm: TemplateModel {
    var id: String
    var name: String
    var entry: ChoiceField?
    var fields: [SourceField] = []

    static let fields: [Field] = [
        Field("id", \.id),
        Field("name", \.name),
        Field("entry", \.entry),
        Field("fields", \.fields),
    ]
}

/// One field of a reference: exactly one of the kinds.
struct SourceField: TemplateModel {
    var text: TextField?
    var select: ChoiceField?

    static let fields: [Field] = [
        Field("text", \.text),
        Field("select", \.select),
    ]
}
