import Templates

/// `/t/{t}/certificates`.
struct CertificateListPage: TemplatePage {
    static let template = "certificates/list"

    var layout: PageLayout
    var requestURL: String?
    var addURL: String?
    var fileURL: String?
    var certificates: [CertificateListRow] = []

    static let fields: [Field] = [
        Field("layout", \.layout),
        Field("requestURL", \.requestURL),
        Field("addURL", \.addURL),
        Field("fileURL", \.fileURL),
        Field("certificates", \.certificates),
    ]
}

/// A certificate in the list.
struct CertificateListRow: TemplateModel {
    var url: String
    var name: String
    var subject: String?
    var kind: String
    var state: StateBadge
    var end: DisplayTime?
    var uses: [PageLink] = []

    static let fields: [Field] = [
        Field("url", \.url),
        Field("name", \.name),
        Field("subject", \.subject),
        Field("kind", \.kind),
        Field("state", \.state),
        Field("end", \.end),
        Field("uses", \.uses),
    ]
}
