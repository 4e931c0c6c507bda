import Templates

/// A field of a provider or reference: one of both.
struct ProviderInput: TemplateModel {
    var text: TextField?
    var select: ChoiceField?

    static let fields: [Field] = [
        Field("text", \.text),
        Field("select", \.select),
    ]
}

/// A provider in the list.
struct ProviderRow: TemplateModel {
    var url: String
    var name: String
    var kind: String
    var place: String
    var state: StateBadge
    var checked: DisplayTime?
    var uses: [PageLink] = []

    static let fields: [Field] = [
        Field("url", \.url),
        Field("name", \.name),
        Field("kind", \.kind),
        Field("place", \.place),
        Field("state", \.state),
        Field("checked", \.checked),
        Field("uses", \.uses),
    ]
}

/// A reference with a name.
struct EntryRow: TemplateModel {
    var name: String
    var reference: String
    var testURL: String?
    var editURL: String?
    var deleteURL: String?

    static let fields: [Field] = [
        Field("name", \.name),
        Field("reference", \.reference),
        Field("testURL", \.testURL),
        Field("editURL", \.editURL),
        Field("deleteURL", \.deleteURL),
    ]
}

/// One of the three answers of Test provider.
struct ProviderAnswerRow: TemplateModel {
    var question: String
    var badge: StateBadge
    var cause: String?

    static let fields: [Field] = [
        Field("question", \.question),
        Field("badge", \.badge),
        Field("cause", \.cause),
    ]
}

/// What Test provider found out.
struct ProviderResult: TemplateModel {
    var badge: StateBadge
    var headline: String
    var sentence: String
    var answers: [ProviderAnswerRow] = []
    var verdict: VerdictCard?
    var facts: [FactRow] = []
    var lines: [DialogueLine] = []
    var hasFacts: Bool = false
    var hasLines: Bool = false
    /// Keys that the secret has.
    var keys: [KeyName] = []
    var hasKeys: Bool = false

    static let fields: [Field] = [
        Field("badge", \.badge),
        Field("headline", \.headline),
        Field("sentence", \.sentence),
        Field("answers", \.answers),
        Field("verdict", \.verdict),
        Field("facts", \.facts),
        Field("lines", \.lines),
        Field("hasFacts", \.hasFacts),
        Field("hasLines", \.hasLines),
        Field("keys", \.keys),
        Field("hasKeys", \.hasKeys),
    ]
}

/// The form that names what Test provider is to read.
struct ProviderTestForm: TemplateModel {
    var action: String
    var hint: String
    var inputs: [ProviderInput] = []
    var showsKeys: Bool = false

    static let fields: [Field] = [
        Field("action", \.action),
        Field("hint", \.hint),
        Field("inputs", \.inputs),
        Field("showsKeys", \.showsKeys),
    ]
}

/// A key of a secret, whose value nobody read.
struct KeyName: TemplateModel {
    var name: String

    static let fields: [Field] = [
        Field("name", \.name)
    ]
}
