import Templates

/// What the template `account` shows.
struct AccountPage: TemplatePage {
    static let template = "account"

    var layout: PageLayout
    var sessions: [SessionRow] = []
    var everywhereURL: String
    var passwordURL: String
    var currentPassword: TextField
    var newPassword: TextField
    var confirmPassword: TextField
    var apiTokens: TokensPanel

    static let fields: [Field] = [
        Field("layout", \.layout),
        Field("sessions", \.sessions),
        Field("everywhereURL", \.everywhereURL),
        Field("passwordURL", \.passwordURL),
        Field("currentPassword", \.currentPassword),
        Field("newPassword", \.newPassword),
        Field("confirmPassword", \.confirmPassword),
        Field("apiTokens", \.apiTokens),
    ]
}
