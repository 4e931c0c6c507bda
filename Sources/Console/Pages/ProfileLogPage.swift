import Templates

/// `/t/{t}/email/profiles/{id}/log`.
struct ProfileLogPage: TemplatePage {
    static let template = "email/profile-log"

    var layout: PageLayout
    var lede: String
    /// What keeps lines away from the log.
    var trouble: String?
    var emptyHint: String
    /// The lines, as they are in the file.
    var text: String?

    static let fields: [Field] = [
        Field("layout", \.layout),
        Field("lede", \.lede),
        Field("trouble", \.trouble),
        Field("emptyHint", \.emptyHint),
        Field("text", \.text),
    ]
}
