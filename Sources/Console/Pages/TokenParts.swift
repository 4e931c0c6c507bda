import Templates

/// The tokens of the account's page (`partials/account-tokens`).
struct TokensPanel: TemplateModel {
    /// The token just made.
    var made: MadeToken?
    var hasTokens: Bool
    var tokens: [TokenRow] = []
    /// Nil for somebody who may not make tokens in any tenant.
    var form: TokenFields?

    static let fields: [Field] = [
        Field("made", \.made),
        Field("hasTokens", \.hasTokens),
        Field("tokens", \.tokens),
        Field("form", \.form),
    ]
}

/// A token, in the one answer that shows it.
struct MadeToken: TemplateModel {
    var name: String
    var text: String

    static let fields: [Field] = [
        Field("name", \.name),
        Field("text", \.text),
    ]
}

/// One token of the list.
struct TokenRow: TemplateModel {
    var name: String
    var tenant: String
    var permissions: String
    var used: DisplayTime?
    var expires: DisplayTime
    var expired: Bool
    var revokeURL: String

    static let fields: [Field] = [
        Field("name", \.name),
        Field("tenant", \.tenant),
        Field("permissions", \.permissions),
        Field("used", \.used),
        Field("expires", \.expires),
        Field("expired", \.expired),
        Field("revokeURL", \.revokeURL),
    ]
}

/// The form of a new token.
struct TokenFields: TemplateModel {
    var action: String
    var tenant: ChoiceField
    var name: TextField
    var permissions: ChoiceField
    var days: TextField

    static let fields: [Field] = [
        Field("action", \.action),
        Field("tenant", \.tenant),
        Field("name", \.name),
        Field("permissions", \.permissions),
        Field("days", \.days),
    ]
}
