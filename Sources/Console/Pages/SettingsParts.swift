import Templates

/// Label and value of a settings view.
struct SettingRow: TemplateModel {
    var label: String
    var value: String?
    /// A secret: that it is there, since when and by whom.
    var stored: StoredCredential?
    var note: String?

    static let fields: [Field] = [
        Field("label", \.label),
        Field("value", \.value),
        Field("stored", \.stored),
        Field("note", \.note),
    ]
}

/// What the template `None` shows.
struct SettingGroup: TemplateModel {
    var id: String
    var title: String
    var rows: [SettingRow] = []

    static let fields: [Field] = [
        Field("id", \.id),
        Field("title", \.title),
        Field("rows", \.rows),
    ]
}

/// What the template `None` shows.
struct ActiveSettings: TemplateModel {
    var url: String
    var name: String
    var rows: [SettingRow] = []

    static let fields: [Field] = [
        Field("url", \.url),
        Field("name", \.name),
        Field("rows", \.rows),
    ]
}

/// How the shown values were proven.
struct TestProof: TemplateModel {
    var badge: StateBadge
    var sentence: String
    var url: String?

    static let fields: [Field] = [
        Field("badge", \.badge),
        Field("sentence", \.sentence),
        Field("url", \.url),
    ]
}

/// What the template `None` shows.
struct ProfileRow: TemplateModel {
    var url: String
    var name: String
    var description: String?
    var server: String
    var sender: String?
    var isActive: Bool = false
    var proof: StateBadge
    var changed: DisplayTime

    static let fields: [Field] = [
        Field("url", \.url),
        Field("name", \.name),
        Field("description", \.description),
        Field("server", \.server),
        Field("sender", \.sender),
        Field("isActive", \.isActive),
        Field("proof", \.proof),
        Field("changed", \.changed),
    ]
}

/// A tenant of the person.
struct TenantRow: TemplateModel {
    var url: String
    var name: String
    var edition: String
    var health: StateBadge
    var sentence: String

    static let fields: [Field] = [
        Field("url", \.url),
        Field("name", \.name),
        Field("edition", \.edition),
        Field("health", \.health),
        Field("sentence", \.sentence),
    ]
}

/// What the template `None` shows.
struct PlatformDoor: TemplateModel {
    var url: String
    var label: String
    var purpose: String
    var icon: String

    static let fields: [Field] = [
        Field("url", \.url),
        Field("label", \.label),
        Field("purpose", \.purpose),
        Field("icon", \.icon),
    ]
}

/// What the template `None` shows.
struct SearchHit: TemplateModel {
    var url: String
    var title: String
    var `where`: String
    var excerpt: String?

    static let fields: [Field] = [
        Field("url", \.url),
        Field("title", \.title),
        Field("where", \.`where`),
        Field("excerpt", \.excerpt),
    ]
}

/// What the template `None` shows.
struct SessionRow: TemplateModel {
    var device: String
    var address: String
    var started: DisplayTime
    var seen: DisplayTime
    var current: Bool = false
    var endURL: String?

    static let fields: [Field] = [
        Field("device", \.device),
        Field("address", \.address),
        Field("started", \.started),
        Field("seen", \.seen),
        Field("current", \.current),
        Field("endURL", \.endURL),
    ]
}
