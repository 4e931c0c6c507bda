import Templates

/// The page of `capture/message`.
struct CaptureMessagePage: TemplatePage {
    static let template = "capture/message"

    var layout: PageLayout
    var subject: String
    var headers: [FactRow] = []
    var textBody: String?
    var htmlURL: String?
    var raw: String
    var rawURL: String

    static let fields: [Field] = [
        Field("layout", \.layout),
        Field("subject", \.subject),
        Field("headers", \.headers),
        Field("textBody", \.textBody),
        Field("htmlURL", \.htmlURL),
        Field("raw", \.raw),
        Field("rawURL", \.rawURL),
    ]
}
