/// A finished value at its place in a page.
package enum TemplateValue: Sendable {
    case none
    case flag(Bool)
    case text(String)
    case html(TrustedHTML)
    case list([TemplateValue])
    /// The values of a model, in the order of its field list.
    case fields([TemplateValue])

    /// Whether a section over this value is shown; empty text counts as absent.
    var isShown: Bool {
        switch self {
        case .none: false
        case .flag(let flag): flag
        case .text(let text): !text.isEmpty
        case .html(let html): !html.bytes.isEmpty
        case .list(let items): !items.isEmpty
        case .fields: true
        }
    }
}

/// The kind of a value, known from its type alone, so that templates are checked without a page.
package indirect enum TemplateShape: Sendable {
    case flag
    case text
    case html
    case optional(TemplateShape)
    case list(TemplateShape)
    case model(ModelShape)

    /// The shape with any `optional` taken off.
    var unwrapped: TemplateShape {
        if case .optional(let inner) = self { inner.unwrapped } else { self }
    }

    /// The kind in words, for messages.
    var words: String {
        switch self {
        case .flag: "a flag"
        case .text: "text"
        case .html: "trusted HTML"
        case .optional(let inner): "optional \(inner.words)"
        case .list(let element): "a list of \(element.words)"
        case .model(let model): model.name
        }
    }
}

/// The fields of a model type; asked for only when a template looks inside, so types may recur.
package struct ModelShape: Sendable {
    let identity: ObjectIdentifier
    let name: String
    let fields: @Sendable () -> [(name: String, shape: TemplateShape)]
}
