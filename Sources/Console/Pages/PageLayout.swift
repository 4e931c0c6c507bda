import Templates

/// Values for PageLayout.
struct PageLayout: TemplateModel {
    var pageTitle: String
    var cssURL: String
    var jsURL: String
    var iconURL: String
    var faviconURL: String
    var csrf: String
    var refreshes: Bool = false
    var person: SignedInPerson?
    var workspace: Workspace?
    var search: SearchBox?
    var navigation: [NavGroup] = []
    var trail: Breadcrumbs?
    var notice: NoticeBanner?
    var problems: ErrorSummary?
    var helpURL: String?
    var productVersion: String

    static let fields: [Field] = [
        Field("pageTitle", \.pageTitle),
        Field("cssURL", \.cssURL),
        Field("jsURL", \.jsURL),
        Field("iconURL", \.iconURL),
        Field("faviconURL", \.faviconURL),
        Field("csrf", \.csrf),
        Field("refreshes", \.refreshes),
        Field("person", \.person),
        Field("workspace", \.workspace),
        Field("search", \.search),
        Field("navigation", \.navigation),
        Field("trail", \.trail),
        Field("notice", \.notice),
        Field("problems", \.problems),
        Field("helpURL", \.helpURL),
        Field("productVersion", \.productVersion),
    ]
}

/// Who is signed in.
struct SignedInPerson: TemplateModel {
    var name: String
    var email: String

    static let fields: [Field] = [
        Field("name", \.name),
        Field("email", \.email),
    ]
}

/// What the pages are about; shown under the brand.
struct Workspace: TemplateModel {
    var name: String
    var note: String
    var switchURL: String?

    static let fields: [Field] = [
        Field("name", \.name),
        Field("note", \.note),
        Field("switchURL", \.switchURL),
    ]
}

/// The settings search of the sidebar.
struct SearchBox: TemplateModel {
    var url: String
    var query: String

    static let fields: [Field] = [
        Field("url", \.url),
        Field("query", \.query),
    ]
}

/// What the template `None` shows.
struct NavLink: TemplateModel {
    var url: String
    var label: String
    var icon: String
    var current: Bool = false

    static let fields: [Field] = [
        Field("url", \.url),
        Field("label", \.label),
        Field("icon", \.icon),
        Field("current", \.current),
    ]
}

/// A block of the side navigation.
struct NavGroup: TemplateModel {
    var caption: String?
    var links: [NavLink] = []

    static let fields: [Field] = [
        Field("caption", \.caption),
        Field("links", \.links),
    ]
}

/// What the template `None` shows.
struct PageLink: TemplateModel {
    var url: String
    var label: String

    static let fields: [Field] = [
        Field("url", \.url),
        Field("label", \.label),
    ]
}

/// Breadcrumbs.
struct Breadcrumbs: TemplateModel {
    var links: [PageLink] = []

    static let fields: [Field] = [
        Field("links", \.links)
    ]
}

/// Confirmation above the h1.
struct NoticeBanner: TemplateModel {
    var tone: String
    var text: String

    static let fields: [Field] = [
        Field("tone", \.tone),
        Field("text", \.text),
    ]
}

/// What the template `None` shows.
struct ProblemLink: TemplateModel {
    var field: String
    var text: String

    static let fields: [Field] = [
        Field("field", \.field),
        Field("text", \.text),
    ]
}

/// Error summary above the h1; takes the focus.
struct ErrorSummary: TemplateModel {
    var links: [ProblemLink] = []

    static let fields: [Field] = [
        Field("links", \.links)
    ]
}

/// A point in time.
struct DisplayTime: TemplateModel {
    var iso: String
    var text: String

    static let fields: [Field] = [
        Field("iso", \.iso),
        Field("text", \.text),
    ]
}

/// A state: icon + words + colour.
struct StateBadge: TemplateModel {
    var tone: String
    var label: String

    static let fields: [Field] = [
        Field("tone", \.tone),
        Field("label", \.label),
    ]
}
