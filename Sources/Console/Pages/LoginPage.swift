import Templates

/// Also `/login` after a failure.
struct LoginPage: TemplatePage {
    static let template = "login"

    var layout: PageLayout
    var email: TextField
    var password: TextField
    var failure: String?
    var throttled: String?
    var next: String

    static let fields: [Field] = [
        Field("layout", \.layout),
        Field("email", \.email),
        Field("password", \.password),
        Field("failure", \.failure),
        Field("throttled", \.throttled),
        Field("next", \.next),
    ]
}
