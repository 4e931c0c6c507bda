import Templates

/// One field of the profile form: exactly one of the kinds, and when it is used.
struct FormSetting: TemplateModel {
    /// Part of the class name `when-…`.
    var condition: String
    /// Why it is not used while it is hidden; nil when it always is.
    var reason: String?
    var label: String
    var text: TextField?
    var area: TextField?
    var port: PortField?
    var check: CheckboxField?
    var radio: ChoiceField?
    var select: ChoiceField?
    var certificates: ChoiceField?
    var credential: CredentialInput?
    var authorization: AuthorizationInput?

    static let fields: [Field] = [
        Field("condition", \.condition),
        Field("reason", \.reason),
        Field("label", \.label),
        Field("text", \.text),
        Field("area", \.area),
        Field("port", \.port),
        Field("check", \.check),
        Field("radio", \.radio),
        Field("select", \.select),
        Field("certificates", \.certificates),
        Field("credential", \.credential),
        Field("authorization", \.authorization),
    ]
}

/// An authorization, which comes from its server (`email/authorization`).
struct AuthorizationInput: TemplateModel {
    var name: String
    var label: String
    var hint: String?
    var effect: String?
    var stored: StoredCredential?
    var removes: Bool = false
    var error: String?

    static let fields: [Field] = [
        Field("name", \.name),
        Field("label", \.label),
        Field("hint", \.hint),
        Field("effect", \.effect),
        Field("stored", \.stored),
        Field("removes", \.removes),
        Field("error", \.error),
    ]
}

/// A port that follows another choice until a person types one (`email/field-port`).
struct PortField: TemplateModel {
    var name: String
    var label: String
    var value: String
    var hint: String?
    var effect: String?
    var error: String?
    /// The choice it follows.
    var follows: String

    static let fields: [Field] = [
        Field("name", \.name),
        Field("label", \.label),
        Field("value", \.value),
        Field("hint", \.hint),
        Field("effect", \.effect),
        Field("error", \.error),
        Field("follows", \.follows),
    ]
}

/// One tab of the profile form; without script a section of it.
struct FormTab: TemplateModel {
    var id: String
    var title: String
    /// Part of the class name `tab-…`.
    var condition: String
    /// Why it is not used while it is hidden; nil when it always is.
    var reason: String?
    /// How many problems it has, in words.
    var problems: String?
    var settings: [FormSetting] = []
    var presets: PresetPicker?
    var headers: HeaderPreview?
    var checks: [SettingCheck] = []
    var sample: SampleData?
    var office: OfficeGuide?

    static let fields: [Field] = [
        Field("id", \.id),
        Field("title", \.title),
        Field("condition", \.condition),
        Field("reason", \.reason),
        Field("problems", \.problems),
        Field("settings", \.settings),
        Field("presets", \.presets),
        Field("headers", \.headers),
        Field("checks", \.checks),
        Field("sample", \.sample),
        Field("office", \.office),
    ]
}

/// How to register the application, filled with what the form has (`email/office`).
struct OfficeGuide: TemplateModel {
    var newSecretURL: String
    /// Lets the application send from this mailbox only.
    var scope: ScopeCommands

    static let fields: [Field] = [
        Field("newSecretURL", \.newSecretURL),
        Field("scope", \.scope),
    ]
}

/// Fills the form for a provider.
struct PresetPicker: TemplateModel {
    var options: [ChoiceOption] = []
    /// What the chosen provider wants.
    var explanation: [TextLine] = []
    var title: String?

    static let fields: [Field] = [
        Field("options", \.options),
        Field("explanation", \.explanation),
        Field("title", \.title),
    ]
}

/// One line of text.
struct TextLine: TemplateModel {
    var line: String

    static let fields: [Field] = [Field("line", \.line)]
}

/// The header of a message as it will be sent.
struct HeaderPreview: TemplateModel {
    var text: String?
    /// Why there is none.
    var reason: String?

    static let fields: [Field] = [
        Field("text", \.text),
        Field("reason", \.reason),
    ]
}

/// A button that tries a setting out here and now, and what came out.
struct SettingCheck: TemplateModel {
    var action: String
    var label: String
    var condition: String
    var badge: StateBadge?
    var sentence: String?
    var facts: [FactRow] = []
    var hasFacts: Bool = false

    static let fields: [Field] = [
        Field("action", \.action),
        Field("label", \.label),
        Field("condition", \.condition),
        Field("badge", \.badge),
        Field("sentence", \.sentence),
        Field("facts", \.facts),
        Field("hasFacts", \.hasFacts),
    ]
}

/// Fills the OAuth2 tab with an example.
struct SampleData: TemplateModel {
    /// Asks before what was typed is overwritten.
    var asks: Bool = false

    static let fields: [Field] = [Field("asks", \.asks)]
}
