/// Links the tokens of a template and its partials to the fields of one page type, and reports
/// every tag that has no field.
struct TemplateLinker {
    private let sources: [String: [UInt8]]
    private var models = TemplateModelTable()
    private var numbers: [Key: Int] = [:]
    private var routines: [TemplateRoutine] = []
    private var literals: [UInt8] = []
    private var indices: [Int] = []
    private var findings: [TemplateFinding] = []

    /// A partial is linked once for each indentation and scope it is included with.
    private struct Key: Hashable {
        let template: String
        let indent: [UInt8]
        let scope: TemplateScope
    }

    /// The tokens being linked and what `.` means there.
    private struct Place {
        let template: String
        let tokens: [TemplateToken]
        let indent: [UInt8]
    }

    /// Partials that indent themselves deeper than this never end.
    private static let deepestIndent = 200

    /// Links `template` for pages of `shape`.
    static func link(
        _ template: String,
        to shape: TemplateShape,
        sources: [String: [UInt8]]
    ) throws(TemplateError) -> TemplateProgram {
        var linker = TemplateLinker(sources: sources)
        let (scope, _) = linker.push(shape, onto: TemplateScope())
        _ = linker.routine(Key(template: template, indent: [], scope: scope), top: shape, line: 0)
        for name in linker.models.entries.flatMap(\.duplicates) {
            linker.report(template, 0, "the field \(name) is listed twice")
        }
        guard linker.findings.isEmpty else {
            throw TemplateError(.mismatch, linker.findings)
        }
        return TemplateProgram(
            routines: linker.routines,
            literals: linker.literals,
            indices: linker.indices
        )
    }

    private init(sources: [String: [UInt8]]) {
        self.sources = sources
    }

    /// The number of the routine for `key`, linked now if this is the first time.
    private mutating func routine(_ key: Key, top: TemplateShape, line: Int) -> Int {
        if let number = numbers[key] { return number }
        let number = routines.count
        numbers[key] = number
        routines.append([])
        guard let source = sources[key.template] else {
            report(key.template, line, "there is no such template")
            return number
        }
        guard key.indent.count <= Self.deepestIndent else {
            report(key.template, line, "the partial indents itself without end")
            return number
        }
        do throws(TemplateFinding) {
            let tokens = try TemplateParser.tokens(
                of: key.template,
                source: source,
                indent: key.indent
            )
            let place = Place(template: key.template, tokens: tokens, indent: key.indent)
            var steps: TemplateRoutine = []
            link(tokens.indices, of: place, in: key.scope, top: top, into: &steps)
            routines[number] = steps
        } catch {
            findings.append(error)
        }
        return number
    }

    private mutating func link(
        _ range: Range<Int>,
        of place: Place,
        in scope: TemplateScope,
        top: TemplateShape,
        into steps: inout TemplateRoutine
    ) {
        var index = range.lowerBound
        while index < range.upperBound {
            let token = place.tokens[index]
            index += 1
            switch token.kind {
            case .literal(let bytes):
                let start = literals.count
                literals += bytes
                steps.append(.literal(start: start, end: literals.count))
            case .escaped(let name), .raw(let name):
                let found = resolve(name, in: scope, top: top, of: place, line: token.line)
                if let found { variable(token, name, found, of: place, into: &steps) }
            case .open(let name, let inverted, let end):
                let found = resolve(name, in: scope, top: top, of: place, line: token.line)
                if let found, inverted {
                    let start = steps.count
                    steps.append(.inverted(found.address, end: 0))
                    link(index..<end, of: place, in: scope, top: top, into: &steps)
                    steps[start] = .inverted(found.address, end: steps.count)
                } else if let found {
                    section(found, index..<end, of: place, in: scope, top: top, into: &steps)
                }
                index = end + 1
            case .close:
                break
            case .partial(let name, let indent):
                let key = Key(template: name, indent: place.indent + indent, scope: scope)
                steps.append(.include(routine(key, top: top, line: token.line)))
            }
        }
    }

    private mutating func variable(
        _ token: TemplateToken,
        _ name: TemplateName,
        _ found: Resolved,
        of place: Place,
        into steps: inout TemplateRoutine
    ) {
        let isRaw = if case .raw = token.kind { true } else { false }
        switch (found.shape.unwrapped, isRaw) {
        case (.text, false):
            steps.append(.escaped(found.address))
        case (.html, true):
            steps.append(.raw(found.address))
        case (.text, true):
            report(place.template, token.line, "\(name) is text; write {{\(name)}} to escape it")
        case (.html, false):
            report(place.template, token.line, "\(name) is trusted HTML; write {{{\(name)}}}")
        default:
            report(place.template, token.line, "\(name) is \(found.shape.words), not text")
        }
    }

    private mutating func section(
        _ found: Resolved,
        _ range: Range<Int>,
        of place: Place,
        in scope: TemplateScope,
        top: TemplateShape,
        into steps: inout TemplateRoutine
    ) {
        var inner = found.shape.unwrapped
        if case .list(let element) = inner { inner = element.unwrapped }
        let start = steps.count
        var (innerScope, frame) = push(inner, onto: scope)
        if case .flag = found.shape.unwrapped { (innerScope, inner) = (scope, top) }
        steps.append(.section(found.address, frame: frame, end: 0))
        link(range, of: place, in: innerScope, top: inner, into: &steps)
        steps[start] = .section(found.address, frame: frame, end: steps.count)
    }

    /// The scope with a value of `shape` on top, and the shape number of its frame.
    private mutating func push(
        _ shape: TemplateShape,
        onto scope: TemplateScope
    ) -> (TemplateScope, frame: Int) {
        guard case .model(let model) = shape else {
            return (scope.pushing(scalar: signature(shape)), TemplateAddress.scalarFrame)
        }
        let number = models.number(of: model)
        return (scope.pushing(model: number), number)
    }

    private mutating func signature(_ shape: TemplateShape) -> String {
        switch shape {
        case .optional(let inner): "optional \(signature(inner))"
        case .list(let element): "list \(signature(element))"
        case .model(let model): "model \(models.number(of: model))"
        case .flag, .text, .html: shape.words
        }
    }

    private mutating func report(_ template: String, _ line: Int, _ message: String) {
        let finding = TemplateFinding(template: template, line: line, message: message)
        if !findings.contains(finding) { findings.append(finding) }
    }
}

extension TemplateLinker {
    private struct Resolved {
        let address: TemplateAddress
        let shape: TemplateShape
    }

    /// Finds the first part of a name on the stack, from the top, and the rest strictly inside it.
    private mutating func resolve(
        _ name: TemplateName,
        in scope: TemplateScope,
        top: TemplateShape,
        of place: Place,
        line: Int
    ) -> Resolved? {
        guard let first = name.parts.first else { return Resolved(address: .top, shape: top) }
        for model in scope.models.reversed() {
            guard let field = models.entries[model].fields[first] else { continue }
            var path = [field.index]
            var shape = field.shape
            for part in name.parts.dropFirst() {
                guard let field = self.field(part, of: shape) else {
                    report(
                        place.template,
                        line,
                        "\(name): \(shape.unwrapped.words) has no field \(part)"
                    )
                    return nil
                }
                path.append(field.index)
                shape = field.shape
            }
            return Resolved(address: address(model, path), shape: shape)
        }
        report(place.template, line, "the page has no field \(first)")
        return nil
    }

    private mutating func address(_ model: Int, _ path: [Int]) -> TemplateAddress {
        guard path.count > 1 else { return .field(shape: model, index: path[0]) }
        let start = indices.count
        indices += path
        return .path(shape: model, start: start, end: indices.count)
    }

    private mutating func field(
        _ name: String,
        of shape: TemplateShape
    ) -> (index: Int, shape: TemplateShape)? {
        guard case .model(let model) = shape.unwrapped else { return nil }
        let number = models.number(of: model)
        return models.entries[number].fields[name]
    }
}
