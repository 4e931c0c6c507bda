import Templates

/// A file of a profile, chosen or pasted.
struct ProfileImportPage: TemplatePage {
    static let template = "email/profile-import"

    var layout: PageLayout
    var action: String
    var cancelURL: String
    var upload: UploadField
    var settings: TextField

    static let fields: [Field] = [
        Field("layout", \.layout),
        Field("action", \.action),
        Field("cancelURL", \.cancelURL),
        Field("upload", \.upload),
        Field("settings", \.settings),
    ]
}

/// One save of a profile.
struct VersionRow: TemplateModel {
    var url: String
    var number: String
    var at: DisplayTime
    var by: String
    /// The labels of the fields that the save changed.
    var changed: String
    var isCurrent: Bool = false

    static let fields: [Field] = [
        Field("url", \.url),
        Field("number", \.number),
        Field("at", \.at),
        Field("by", \.by),
        Field("changed", \.changed),
        Field("isCurrent", \.isCurrent),
    ]
}

/// The history of a profile.
struct ProfileVersionsPage: TemplatePage {
    static let template = "email/profile-versions"

    var layout: PageLayout
    var heading: String
    var versions: [VersionRow] = []

    static let fields: [Field] = [
        Field("layout", \.layout),
        Field("heading", \.heading),
        Field("versions", \.versions),
    ]
}

/// A field that two versions have differently.
struct DifferenceRow: TemplateModel {
    var label: String
    var then: String?
    var now: String?

    static let fields: [Field] = [
        Field("label", \.label),
        Field("then", \.then),
        Field("now", \.now),
    ]
}

/// One version of a profile, against the one in use.
struct ProfileVersionPage: TemplatePage {
    static let template = "email/profile-version"

    var layout: PageLayout
    var heading: String
    var at: DisplayTime
    var by: String
    var credentials: String
    var rows: [DifferenceRow] = []
    /// What the save changed.
    var changes: [DifferenceRow] = []
    var hasRows: Bool = false
    var hasChanges: Bool = false
    var action: String?
    var version: String
    var backURL: String

    static let fields: [Field] = [
        Field("layout", \.layout),
        Field("heading", \.heading),
        Field("at", \.at),
        Field("by", \.by),
        Field("credentials", \.credentials),
        Field("rows", \.rows),
        Field("changes", \.changes),
        Field("hasRows", \.hasRows),
        Field("hasChanges", \.hasChanges),
        Field("action", \.action),
        Field("version", \.version),
        Field("backURL", \.backURL),
    ]
}
