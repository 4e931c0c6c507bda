import Templates

/// Demo only.
struct CaptureInboxPage: TemplatePage {
    static let template = "capture/inbox"

    var layout: PageLayout
    var messages: [CapturedRow] = []
    var count: String
    var address: String

    static let fields: [Field] = [
        Field("layout", \.layout),
        Field("messages", \.messages),
        Field("count", \.count),
        Field("address", \.address),
    ]
}
