import Templates

/// 400 403 404 405 408 413 429 500 503.
struct ErrorPage: TemplatePage {
    static let template = "error"

    var layout: PageLayout
    var status: String
    var heading: String
    var happened: String
    var remedy: String
    var retry: String?
    var reference: String?
    var action: PageLink?

    static let fields: [Field] = [
        Field("layout", \.layout),
        Field("status", \.status),
        Field("heading", \.heading),
        Field("happened", \.happened),
        Field("remedy", \.remedy),
        Field("retry", \.retry),
        Field("reference", \.reference),
        Field("action", \.action),
    ]
}
