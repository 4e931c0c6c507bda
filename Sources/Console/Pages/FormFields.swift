import Templates

/// One text input (`partials/field-text`) or text area (`partials/field-area`).
struct TextField: TemplateModel {
    var name: String
    var label: String
    var value: String
    var type: String
    var hint: String?
    var effect: String?
    var error: String?
    var required: Bool = false
    var autocomplete: String
    var width: String

    static let fields: [Field] = [
        Field("name", \.name),
        Field("label", \.label),
        Field("value", \.value),
        Field("type", \.type),
        Field("hint", \.hint),
        Field("effect", \.effect),
        Field("error", \.error),
        Field("required", \.required),
        Field("autocomplete", \.autocomplete),
        Field("width", \.width),
    ]
}

/// What the template `None` shows.
struct ChoiceOption: TemplateModel {
    var value: String
    var label: String
    var explanation: String?
    var chosen: Bool = false
    var usualPort: String?

    static let fields: [Field] = [
        Field("value", \.value),
        Field("label", \.label),
        Field("explanation", \.explanation),
        Field("chosen", \.chosen),
        Field("usualPort", \.usualPort),
    ]
}

/// Radios (`partials/field-radio`) or select (`partials/field-select`).
struct ChoiceField: TemplateModel {
    var name: String
    var label: String
    var hint: String?
    var effect: String?
    var error: String?
    var options: [ChoiceOption] = []

    static let fields: [Field] = [
        Field("name", \.name),
        Field("label", \.label),
        Field("hint", \.hint),
        Field("effect", \.effect),
        Field("error", \.error),
        Field("options", \.options),
    ]
}

/// Value `on` when ticked (`partials/field-check`).
struct CheckboxField: TemplateModel {
    var name: String
    var label: String
    var hint: String?
    var effect: String?
    var error: String?
    var checked: Bool = false

    static let fields: [Field] = [
        Field("name", \.name),
        Field("label", \.label),
        Field("hint", \.hint),
        Field("effect", \.effect),
        Field("error", \.error),
        Field("checked", \.checked),
    ]
}

/// A file to send (`partials/field-file`).
struct UploadField: TemplateModel {
    var name: String
    var label: String
    /// The endings that the browser offers.
    var accept: String
    var hint: String?
    var error: String?

    static let fields: [Field] = [
        Field("name", \.name),
        Field("label", \.label),
        Field("accept", \.accept),
        Field("hint", \.hint),
        Field("error", \.error),
    ]
}

/// What the template `None` shows.
struct StoredCredential: TemplateModel {
    /// The named secret or the provider's reference that it is fetched from.
    var from: String?
    var at: DisplayTime
    var by: String

    static let fields: [Field] = [
        Field("from", \.from),
        Field("at", \.at),
        Field("by", \.by),
    ]
}

/// A credential that is kept, replaced or removed (`partials/field-credential`).
struct CredentialInput: TemplateModel {
    var name: String
    var label: String
    var hint: String?
    var effect: String?
    var stored: StoredCredential?
    /// Not shown while it is typed, and typed twice.
    var isHidden: Bool = false
    var noun: String
    var keeps: Bool = false
    var replaces: Bool = false
    var removes: Bool = false
    var value: String
    var advice: String?
    var valueError: String?
    var confirmError: String?

    static let fields: [Field] = [
        Field("name", \.name),
        Field("label", \.label),
        Field("hint", \.hint),
        Field("effect", \.effect),
        Field("stored", \.stored),
        Field("isHidden", \.isHidden),
        Field("noun", \.noun),
        Field("keeps", \.keeps),
        Field("replaces", \.replaces),
        Field("removes", \.removes),
        Field("value", \.value),
        Field("advice", \.advice),
        Field("valueError", \.valueError),
        Field("confirmError", \.confirmError),
    ]
}

/// What the template `None` shows.
struct ConflictRow: TemplateModel {
    var label: String
    var yours: String
    var theirs: String

    static let fields: [Field] = [
        Field("label", \.label),
        Field("yours", \.yours),
        Field("theirs", \.theirs),
    ]
}

/// Another person saved first.
struct ConflictPanel: TemplateModel {
    var who: String
    var at: DisplayTime
    var rows: [ConflictRow] = []

    static let fields: [Field] = [
        Field("who", \.who),
        Field("at", \.at),
        Field("rows", \.rows),
    ]
}

/// What the template `None` shows.
struct HiddenField: TemplateModel {
    var name: String
    var value: String

    static let fields: [Field] = [
        Field("name", \.name),
        Field("value", \.value),
    ]
}
