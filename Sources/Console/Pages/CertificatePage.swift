import Templates

/// `/t/{t}/certificates/{id}`.
struct CertificatePage: TemplatePage {
    static let template = "certificates/show"

    var layout: PageLayout
    var name: String
    var kind: String
    var state: StateBadge
    var warnings: [NoticeBanner] = []
    var groups: [SettingGroup] = []
    var uses: [PageLink] = []
    var downloadURL: String?
    var install: PageLink?
    var refreshURL: String?
    var renameURL: String?
    var deleteURL: String?
    var deleteRefusal: String?
    var version: String

    static let fields: [Field] = [
        Field("layout", \.layout),
        Field("name", \.name),
        Field("kind", \.kind),
        Field("state", \.state),
        Field("warnings", \.warnings),
        Field("groups", \.groups),
        Field("uses", \.uses),
        Field("downloadURL", \.downloadURL),
        Field("install", \.install),
        Field("refreshURL", \.refreshURL),
        Field("renameURL", \.renameURL),
        Field("deleteURL", \.deleteURL),
        Field("deleteRefusal", \.deleteRefusal),
        Field("version", \.version),
    ]
}
