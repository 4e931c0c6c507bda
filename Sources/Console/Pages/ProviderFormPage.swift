import Templates

/// The form of a provider, or of an entry of one.
struct ProviderFormPage: TemplatePage {
    static let template = "providers/form"

    var layout: PageLayout
    var heading: String
    var lede: String
    var action: String
    /// Of the provider; empty in the form of an entry.
    var version: String
    var kind: String
    var conflict: ConflictPanel?
    var name: TextField
    var inputs: [ProviderInput] = []
    /// Where the secret is added that it signs in with.
    var secretURL: String?
    var button: String
    var cancelURL: String

    static let fields: [Field] = [
        Field("layout", \.layout),
        Field("heading", \.heading),
        Field("lede", \.lede),
        Field("action", \.action),
        Field("version", \.version),
        Field("kind", \.kind),
        Field("conflict", \.conflict),
        Field("name", \.name),
        Field("inputs", \.inputs),
        Field("secretURL", \.secretURL),
        Field("button", \.button),
        Field("cancelURL", \.cancelURL),
    ]
}
