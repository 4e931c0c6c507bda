import Templates

/// Data of the `step` event.
struct StepFragment: TemplatePage {
    static let template = "tests/step-event"

    var iconURL: String
    var step: StepItem

    static let fields: [Field] = [
        Field("iconURL", \.iconURL),
        Field("step", \.step),
    ]
}
