/// A type whose values can stand in a page: text, flags, trusted HTML, models, and lists and
/// optionals of these.
package protocol TemplateRepresentable: Sendable {
    static var templateShape: TemplateShape { get }
    var templateValue: TemplateValue { get }
}

extension String: TemplateRepresentable {
    package static var templateShape: TemplateShape { .text }
    package var templateValue: TemplateValue { .text(self) }
}

extension Bool: TemplateRepresentable {
    package static var templateShape: TemplateShape { .flag }
    package var templateValue: TemplateValue { .flag(self) }
}

extension TrustedHTML: TemplateRepresentable {
    package static var templateShape: TemplateShape { .html }
    package var templateValue: TemplateValue { .html(self) }
}

extension Optional: TemplateRepresentable where Wrapped: TemplateRepresentable {
    package static var templateShape: TemplateShape { .optional(Wrapped.templateShape) }
    package var templateValue: TemplateValue { self?.templateValue ?? .none }
}

extension Array: TemplateRepresentable where Element: TemplateRepresentable {
    package static var templateShape: TemplateShape { .list(Element.templateShape) }
    package var templateValue: TemplateValue {
        // A closure: as `\.templateValue` this would go through a key path object at run time.
        .list(map { $0.templateValue })
    }
}
