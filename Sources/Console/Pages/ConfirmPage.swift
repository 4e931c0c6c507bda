import Templates

/// Generic confirmation.
struct ConfirmPage: TemplatePage {
    static let template = "confirm"

    var layout: PageLayout
    var heading: String
    var text: String
    var action: String
    var hidden: [HiddenField] = []
    var facts: [FactRow] = []
    var hasFacts: Bool = false
    var button: String
    var dangerous: Bool = false
    var cancelURL: String
    var cancelLabel: String = "Cancel"

    static let fields: [Field] = [
        Field("layout", \.layout),
        Field("heading", \.heading),
        Field("text", \.text),
        Field("action", \.action),
        Field("hidden", \.hidden),
        Field("facts", \.facts),
        Field("hasFacts", \.hasFacts),
        Field("button", \.button),
        Field("dangerous", \.dangerous),
        Field("cancelURL", \.cancelURL),
        Field("cancelLabel", \.cancelLabel),
    ]
}
