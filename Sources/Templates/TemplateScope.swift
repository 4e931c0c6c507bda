/// The stack of models that a tag sees while a template is linked, outermost first.
///
/// A model type that stands on the stack twice is kept once, at its topmost place: a name found
/// in that type is always found there. So a partial that includes itself meets a scope that is
/// known already, and linking ends.
struct TemplateScope: Hashable {
    /// Shape numbers of the models.
    private(set) var models: [Int] = []
    /// What `.` means, as a signature; two scopes with equal signatures link alike.
    private(set) var top = ""

    func pushing(model: Int) -> TemplateScope {
        var scope = self
        scope.models.removeAll { $0 == model }
        scope.models.append(model)
        scope.top = "model \(model)"
        return scope
    }

    func pushing(scalar signature: String) -> TemplateScope {
        var scope = self
        scope.top = signature
        return scope
    }
}

/// The model types met while linking, each with its number and its fields by name.
struct TemplateModelTable {
    struct Entry {
        let fields: [String: (index: Int, shape: TemplateShape)]
        let duplicates: [String]
    }

    private(set) var entries: [Entry] = []
    private var numbers: [ObjectIdentifier: Int] = [:]

    mutating func number(of model: ModelShape) -> Int {
        if let number = numbers[model.identity] { return number }
        var fields: [String: (index: Int, shape: TemplateShape)] = [:]
        var duplicates: [String] = []
        for (index, field) in model.fields().enumerated() {
            let previous = fields.updateValue((index, field.shape), forKey: field.name)
            if previous != nil { duplicates.append("\(model.name).\(field.name)") }
        }
        entries.append(Entry(fields: fields, duplicates: duplicates))
        numbers[model.identity] = entries.count - 1
        return entries.count - 1
    }
}
