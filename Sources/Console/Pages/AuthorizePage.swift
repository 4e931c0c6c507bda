import Templates

/// On the way to the authorization server.
struct AuthorizePage: TemplatePage {
    static let template = "email/authorize"

    var layout: PageLayout
    /// The server, for people.
    var place: String
    var url: String
    /// Where the server sends the browser afterwards.
    var redirectURL: String
    var backURL: String

    static let fields: [Field] = [
        Field("layout", \.layout),
        Field("place", \.place),
        Field("url", \.url),
        Field("redirectURL", \.redirectURL),
        Field("backURL", \.backURL),
    ]
}

/// Back from the authorization server.
struct AuthorizedPage: TemplatePage {
    static let template = "email/authorized"

    var layout: PageLayout
    var backURL: String

    static let fields: [Field] = [
        Field("layout", \.layout),
        Field("backURL", \.backURL),
    ]
}
