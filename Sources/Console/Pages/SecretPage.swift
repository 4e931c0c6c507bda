import Templates

/// `/t/{t}/secrets/{id}`, and with a result what its test answers.
struct SecretPage: TemplatePage {
    static let template = "secrets/show"

    var layout: PageLayout
    var name: String
    var kind: String
    var state: StateBadge
    var warning: NoticeBanner?
    var result: ProviderResult?
    var groups: [SettingGroup] = []
    var uses: [PageLink] = []
    var versions: [SecretVersionRow] = []
    /// Of a Microsoft application.
    var commands: ScopeCommands?
    var test: ProviderTestForm?
    var replaceURL: String?
    var editURL: String?
    var deleteURL: String?
    var deleteRefusal: String?

    static let fields: [Field] = [
        Field("layout", \.layout),
        Field("name", \.name),
        Field("kind", \.kind),
        Field("state", \.state),
        Field("warning", \.warning),
        Field("result", \.result),
        Field("groups", \.groups),
        Field("uses", \.uses),
        Field("versions", \.versions),
        Field("commands", \.commands),
        Field("test", \.test),
        Field("replaceURL", \.replaceURL),
        Field("editURL", \.editURL),
        Field("deleteURL", \.deleteURL),
        Field("deleteRefusal", \.deleteRefusal),
    ]
}

/// When a value was set.
struct SecretVersionRow: TemplateModel {
    var number: String
    var at: DisplayTime
    var by: String

    static let fields: [Field] = [
        Field("number", \.number),
        Field("at", \.at),
        Field("by", \.by),
    ]
}

/// What is filled into the commands that limit an application to mailboxes
/// (`partials/mailbox-scope`).
struct ScopeCommands: TemplateModel {
    var connect: String
    var clientID: String
    var mailbox: String

    static let fields: [Field] = [
        Field("connect", \.connect),
        Field("clientID", \.clientID),
        Field("mailbox", \.mailbox),
    ]
}
