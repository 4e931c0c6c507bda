import Testing

@testable import Templates

/// One case of the Mustache specification (github.com/mustache/spec, without lambdas, delimiters
/// and the optional modules): a template, its data and what must come out.
struct SpecCase: Sendable, CustomTestStringConvertible {
    let name: String
    let template: String
    let data: SpecData
    let partials: [String: String]
    /// Texts are taken as trusted HTML, since only that may be printed raw here.
    let raw: Bool
    let expected: String

    init(
        _ name: String,
        _ template: String,
        _ data: SpecData,
        partials: [String: String] = [:],
        raw: Bool = false,
        is expected: String = ""
    ) {
        self.name = name
        self.template = template
        self.data = data
        self.partials = partials
        self.raw = raw
        self.expected = expected
    }

    var testDescription: String { name }

    func render() throws -> String {
        let set = try TemplateSet(sources: partials.merging(["main": template]) { $1 })
        let bytes = try set.render(
            "main",
            shape: data.shape(raw: raw),
            value: data.value(raw: raw)
        )
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// The data of a case as the specification writes it, with numbers as text.
indirect enum SpecData: Sendable {
    case none
    case flag(Bool)
    case text(String)
    case list([SpecData])
    case fields([String: SpecData], Identity)

    /// Stands for the type that a page would have.
    final class Identity: Sendable {}

    func shape(raw: Bool) -> TemplateShape {
        switch self {
        case .none: .optional(raw ? .html : .text)
        case .flag: .flag
        case .text: raw ? .html : .text
        case .list(let items): .list(items.first?.shape(raw: raw) ?? .text)
        case .fields(let fields, let identity):
            .model(
                ModelShape(identity: ObjectIdentifier(identity), name: "fields") {
                    fields.sorted { $0.key < $1.key }
                        .map { ($0.key, $0.value.shape(raw: raw)) }
                }
            )
        }
    }

    func value(raw: Bool) -> TemplateValue {
        switch self {
        case .none: .none
        case .flag(let flag): .flag(flag)
        case .text(let text):
            raw ? .html(TrustedHTML(alreadyEscaped: Array(text.utf8))) : .text(text)
        case .list(let items): .list(items.map { $0.value(raw: raw) })
        case .fields(let fields, _):
            .fields(fields.sorted { $0.key < $1.key }.map { $0.value.value(raw: raw) })
        }
    }
}

extension SpecData: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByStringLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    init(nilLiteral: ()) { self = .none }
    init(booleanLiteral value: Bool) { self = .flag(value) }
    init(stringLiteral value: String) { self = .text(value) }
    init(arrayLiteral elements: SpecData...) { self = .list(elements) }
    init(dictionaryLiteral elements: (String, SpecData)...) {
        self = .fields(Dictionary(elements) { $1 }, Identity())
    }
}
