import Templates

/// Every form about a secret; what a form does not ask for is left out.
struct SecretFormPage: TemplatePage {
    static let template = "secrets/form"

    var layout: PageLayout
    var heading: String
    var lede: String
    var action: String
    /// Of a new one.
    var kind: String?
    var version: String
    var naming: [TextField] = []
    var cloud: ChoiceField?
    var details: [TextField] = []
    var hosts: TextField?
    var secret: SecretInput?
    var expiry: TextField?
    /// How to register an application of Microsoft's.
    var guide: ScopeCommands?
    var button: String
    var cancelURL: String

    static let fields: [Field] = [
        Field("layout", \.layout),
        Field("heading", \.heading),
        Field("lede", \.lede),
        Field("action", \.action),
        Field("kind", \.kind),
        Field("version", \.version),
        Field("naming", \.naming),
        Field("cloud", \.cloud),
        Field("details", \.details),
        Field("hosts", \.hosts),
        Field("secret", \.secret),
        Field("expiry", \.expiry),
        Field("guide", \.guide),
        Field("button", \.button),
        Field("cancelURL", \.cancelURL),
    ]
}

/// A value to type twice, never filled in (`partials/field-secret`).
struct SecretInput: TemplateModel {
    var label: String
    var hint: String
    var isOptional: Bool = false
    /// Whether advice on its strength makes sense.
    var isChosenByPeople: Bool = false
    /// Said when the value looks like the ID of a secret.
    var looksLikeID: String?
    var valueError: String?
    var confirmError: String?

    static let fields: [Field] = [
        Field("label", \.label),
        Field("hint", \.hint),
        Field("isOptional", \.isOptional),
        Field("isChosenByPeople", \.isChosenByPeople),
        Field("looksLikeID", \.looksLikeID),
        Field("valueError", \.valueError),
        Field("confirmError", \.confirmError),
    ]
}

/// `/t/{t}/secrets/new` before the kind is chosen.
struct SecretKindPage: TemplatePage {
    static let template = "secrets/kinds"

    var layout: PageLayout
    var kinds: [SecretKindRow] = []

    static let fields: [Field] = [
        Field("layout", \.layout),
        Field("kinds", \.kinds),
    ]
}

/// A kind of secret to choose.
struct SecretKindRow: TemplateModel {
    var url: String
    var label: String
    var purpose: String

    static let fields: [Field] = [
        Field("url", \.url),
        Field("label", \.label),
        Field("purpose", \.purpose),
    ]
}
