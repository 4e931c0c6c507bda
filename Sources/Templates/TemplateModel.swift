/// A plain struct of finished display values whose fields a template can name.
///
///     struct ProfileRow: TemplateModel {
///         let name: String
///         let isActive: Bool
///
///         static let fields: [Field] = [
///             Field("name", \.name),
///             Field("isActive", \.isActive),
///         ]
///     }
package protocol TemplateModel: TemplateRepresentable {
    /// Every name a template may use on this model, each once; write it as a `static let`.
    static var fields: [TemplateField<Self>] { get }
}

extension TemplateModel {
    package typealias Field = TemplateField<Self>

    package static var templateShape: TemplateShape {
        .model(
            ModelShape(identity: ObjectIdentifier(Self.self), name: "\(Self.self)") {
                fields.map { ($0.name, $0.shape()) }
            }
        )
    }

    package var templateValue: TemplateValue {
        let fields = Self.fields
        var values: [TemplateValue] = []
        values.reserveCapacity(fields.count)
        for field in fields { values.append(field.read(self)) }
        return .fields(values)
    }
}

/// A model that fills a whole template.
package protocol TemplatePage: TemplateModel {
    /// The template's path in the folder, without extension: `email/profile`.
    static var template: String { get }
}

/// One name of a model and the value behind it.
///
/// A class, so that walking a field list copies one pointer for each field, without asking the
/// generic struct's witness table how.
package final class TemplateField<Model>: Sendable {
    let name: String
    let shape: @Sendable () -> TemplateShape
    let read: @Sendable (Model) -> TemplateValue

    /// Exposes `value` of the model to templates under `name`: `Field("host", \.host)`.
    package init<Value: TemplateRepresentable>(
        _ name: String,
        _ value: @escaping @Sendable (Model) -> Value
    ) {
        self.name = name
        shape = { Value.templateShape }
        read = { value($0).templateValue }
    }
}
