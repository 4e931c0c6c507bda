/// Turns the text of one template into a flat token list, by the rules of the Mustache manual.
///
/// Tags that print nothing take their whole line with them when they stand alone on it.
/// Lambdas and set-delimiter tags are not part of our syntax.
struct TemplateParser {
    private let template: String
    private let source: [UInt8]
    private var position = 0
    private var line = 1
    private var literal: [UInt8] = []
    private var tokens: [TemplateToken] = []
    private var openSections: [(name: TemplateName, index: Int)] = []

    /// Parses `source`, each line of it indented by `indent` first, as a partial's place asks for.
    static func tokens(
        of template: String,
        source: [UInt8],
        indent: [UInt8] = []
    ) throws(TemplateFinding) -> [TemplateToken] {
        var parser = TemplateParser(template: template, source: source, indent: indent)
        return try parser.parse()
    }

    private init(template: String, source: [UInt8], indent: [UInt8]) {
        self.template = template
        guard !indent.isEmpty, !source.isEmpty else {
            self.source = source
            return
        }
        var indented = indent
        for index in source.indices {
            indented.append(source[index])
            if source[index] == .newline, index + 1 < source.count {
                indented += indent
            }
        }
        self.source = indented
    }

    private mutating func parse() throws(TemplateFinding) -> [TemplateToken] {
        while position < source.count {
            if starts(with: .openBrace, .openBrace, at: position) {
                try parseTag()
            } else {
                if source[position] == .newline { line += 1 }
                literal.append(source[position])
                position += 1
            }
        }
        flushLiteral()
        if let open = openSections.last {
            let line = tokens[open.index].line
            throw finding("section {{#\(open.name)}} is never closed", line: line)
        }
        return tokens
    }

    private mutating func parseTag() throws(TemplateFinding) {
        let tag = try readTag()
        let standalone = tag.sigil.takesItsLine ? standaloneLine(around: tag) : nil
        if let standalone { literal.removeLast(standalone.indent.count) }
        flushLiteral()
        try append(tag, indent: standalone?.indent ?? [])
        let end = standalone?.end ?? tag.range.upperBound
        line += source[tag.range.lowerBound..<end].count { $0 == .newline }
        position = end
    }

    private func readTag() throws(TemplateFinding) -> TemplateTag {
        let triple = starts(with: .openBrace, at: position + 2)
        let start = position + (triple ? 3 : 2)
        var end = start
        while !starts(with: .closeBrace, .closeBrace, at: end) {
            guard end < source.count else { throw finding("tag is never closed") }
            end += 1
        }
        if triple, !starts(with: .closeBrace, at: end + 2) {
            throw finding("{{{ needs }}} to close it")
        }
        var content = source[start..<end]
        var sigil = TemplateTag.Sigil.escaped
        if triple {
            sigil = .raw
        } else if let first = content.first, let known = TemplateTag.Sigil(rawValue: first) {
            sigil = known
            content = content.dropFirst()
        }
        return TemplateTag(
            sigil: sigil,
            content: content.trimmingBlanks(),
            range: position..<end + (triple ? 3 : 2)
        )
    }

    private mutating func append(_ tag: TemplateTag, indent: [UInt8]) throws(TemplateFinding) {
        switch tag.sigil {
        case .comment:
            break
        case .delimiters:
            throw finding("set-delimiter tags are not supported")
        case .escaped:
            push(.escaped(try name(of: tag)))
        case .raw:
            push(.raw(try name(of: tag)))
        case .section, .inverted:
            let name = try name(of: tag)
            openSections.append((name, tokens.count))
            push(.open(name, inverted: tag.sigil == .inverted, end: 0))
        case .close:
            try closeSection(try name(of: tag))
        case .partial:
            push(.partial(try partialName(of: tag), indent: indent))
        }
    }

    private mutating func closeSection(_ name: TemplateName) throws(TemplateFinding) {
        guard let open = openSections.popLast() else {
            throw finding("{{/\(name)}} closes a section that was never opened")
        }
        guard open.name == name else {
            throw finding("{{/\(name)}} stands where {{/\(open.name)}} is due")
        }
        if case .open(_, let inverted, _) = tokens[open.index].kind {
            tokens[open.index].kind = .open(name, inverted: inverted, end: tokens.count)
        }
        push(.close)
    }

    private func name(of tag: TemplateTag) throws(TemplateFinding) -> TemplateName {
        guard let name = TemplateName(tag.content) else {
            throw finding("\"\(tag.text)\" is not a name")
        }
        return name
    }

    private func partialName(of tag: TemplateTag) throws(TemplateFinding) -> String {
        let parts = tag.content.split(
            separator: UInt8(ascii: "/"),
            omittingEmptySubsequences: false
        )
        guard parts.allSatisfy({ TemplateName($0)?.parts.count == 1 }) else {
            throw finding("\"\(tag.text)\" is not the name of a partial")
        }
        return tag.text
    }

    /// The blanks before a tag and the end of its line, if nothing else stands on that line.
    private func standaloneLine(around tag: TemplateTag) -> (indent: [UInt8], end: Int)? {
        var start = tag.range.lowerBound
        while start > 0, source[start - 1].isBlank { start -= 1 }
        guard start == 0 || source[start - 1] == .newline else { return nil }
        var end = tag.range.upperBound
        while end < source.count, source[end].isBlank { end += 1 }
        if end < source.count, source[end] == .carriageReturn { end += 1 }
        guard end == source.count || source[end] == .newline else { return nil }
        return (Array(source[start..<tag.range.lowerBound]), min(end + 1, source.count))
    }

    private func starts(with bytes: UInt8..., at index: Int) -> Bool {
        index + bytes.count <= source.count
            && source[index..<index + bytes.count].elementsEqual(bytes)
    }

    private mutating func flushLiteral() {
        guard !literal.isEmpty else { return }
        push(.literal(literal))
        literal = []
    }

    private mutating func push(_ kind: TemplateToken.Kind) {
        tokens.append(TemplateToken(kind: kind, line: line))
    }

    private func finding(_ message: String, line: Int? = nil) -> TemplateFinding {
        TemplateFinding(template: template, line: line ?? self.line, message: message)
    }
}
