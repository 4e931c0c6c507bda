import Templates

/// `/t/{t}/providers/{id}`, and with a result what Test provider answers.
struct ProviderPage: TemplatePage {
    static let template = "providers/show"

    var layout: PageLayout
    var name: String
    var kind: String
    var state: StateBadge
    var result: ProviderResult?
    var groups: [SettingGroup] = []
    var entries: [EntryRow] = []
    var hasEntries: Bool = false
    var addEntryURL: String?
    var uses: [PageLink] = []
    var test: ProviderTestForm?
    var editURL: String?
    var deleteURL: String?
    var deleteRefusal: String?

    static let fields: [Field] = [
        Field("layout", \.layout),
        Field("name", \.name),
        Field("kind", \.kind),
        Field("state", \.state),
        Field("result", \.result),
        Field("groups", \.groups),
        Field("entries", \.entries),
        Field("hasEntries", \.hasEntries),
        Field("addEntryURL", \.addEntryURL),
        Field("uses", \.uses),
        Field("test", \.test),
        Field("editURL", \.editURL),
        Field("deleteURL", \.deleteURL),
        Field("deleteRefusal", \.deleteRefusal),
    ]
}
