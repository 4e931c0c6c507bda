import Templates

/// What the template `None` shows.
struct CapturedRow: TemplateModel {
    var url: String
    var sender: String
    var to: String
    var subject: String
    var at: DisplayTime
    var size: String

    static let fields: [Field] = [
        Field("url", \.url),
        Field("sender", \.sender),
        Field("to", \.to),
        Field("subject", \.subject),
        Field("at", \.at),
        Field("size", \.size),
    ]
}

/// What the template `None` shows.
struct ChangedField: TemplateModel {
    var field: String
    var old: String?
    var new: String?

    static let fields: [Field] = [
        Field("field", \.field),
        Field("old", \.old),
        Field("new", \.new),
    ]
}

/// What the template `None` shows.
struct AuditRow: TemplateModel {
    var at: DisplayTime
    var who: String
    var what: String
    var target: String?
    var origin: String
    var hasChanges: Bool = false
    var changes: [ChangedField] = []

    static let fields: [Field] = [
        Field("at", \.at),
        Field("who", \.who),
        Field("what", \.what),
        Field("target", \.target),
        Field("origin", \.origin),
        Field("hasChanges", \.hasChanges),
        Field("changes", \.changes),
    ]
}
