import Templates

/// Also `/login` after a failure.
struct LoginPage: TemplatePage {
    static let template = "login"

    var layout: PageLayout
    var email: TextField
    var password: TextField
    var failure: String?
    var warning: String?
    var hidden: [HiddenField] = []

    static let fields: [Field] = [
        Field("layout", \.layout),
        Field("email", \.email),
        Field("password", \.password),
        Field("failure", \.failure),
        Field("warning", \.warning),
        Field("hidden", \.hidden),
    ]
}
