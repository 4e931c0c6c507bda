import Templates

/// View first.
struct ProfilePage: TemplatePage {
    static let template = "email/profile"

    var layout: PageLayout
    var name: String
    var description: String?
    var isActive: Bool = false
    var proof: TestProof
    /// How its authorization fares; nil without one.
    var authorization: NoticeBanner?
    var groups: [SettingGroup] = []
    var editURL: String?
    var activateURL: String?
    var duplicateURL: String?
    var exportURL: String
    var versionsURL: String
    var logURL: String?
    var draft: DraftNotice?
    var deleteURL: String?
    var deleteRefusal: String?
    var testURL: String?
    var recipient: TextField
    var hasTests: Bool = false
    var tests: [TestRow] = []
    var testsURL: String

    static let fields: [Field] = [
        Field("layout", \.layout),
        Field("name", \.name),
        Field("description", \.description),
        Field("isActive", \.isActive),
        Field("proof", \.proof),
        Field("authorization", \.authorization),
        Field("groups", \.groups),
        Field("editURL", \.editURL),
        Field("activateURL", \.activateURL),
        Field("duplicateURL", \.duplicateURL),
        Field("exportURL", \.exportURL),
        Field("versionsURL", \.versionsURL),
        Field("logURL", \.logURL),
        Field("draft", \.draft),
        Field("deleteURL", \.deleteURL),
        Field("deleteRefusal", \.deleteRefusal),
        Field("testURL", \.testURL),
        Field("recipient", \.recipient),
        Field("hasTests", \.hasTests),
        Field("tests", \.tests),
        Field("testsURL", \.testsURL),
    ]
}

/// What the person left unsaved.
struct DraftNotice: TemplateModel {
    var at: DisplayTime
    var continueURL: String

    static let fields: [Field] = [
        Field("at", \.at),
        Field("continueURL", \.continueURL),
    ]
}
