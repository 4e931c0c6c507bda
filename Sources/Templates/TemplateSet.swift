import Synchronization

/// All templates of the product, parsed once; each is linked to its page type on first use.
package final class TemplateSet: Sendable {
    private let sources: [String: [UInt8]]
    private let programs = Mutex<[ObjectIdentifier: TemplateProgram]>([:])

    /// Loads every `*.mustache` file under `folder`.
    ///
    /// A template's name is its path in there without extension, such as `email/profile`.
    /// Throws `unreadable`, or `syntax` with the findings of all files.
    package convenience init(folder: String) throws(TemplateError) {
        try self.init(bytes: TemplateFolder.read(folder))
    }

    /// Takes templates by name, for tests.
    package convenience init(sources: [String: String]) throws(TemplateError) {
        try self.init(bytes: sources.mapValues { Array($0.utf8) })
    }

    private init(bytes: [String: [UInt8]]) throws(TemplateError) {
        sources = bytes
        let findings = Self.syntaxFindings(in: bytes)
        guard findings.isEmpty else { throw TemplateError(.syntax, findings) }
    }

    /// The names of all templates, sorted.
    package var names: [String] { sources.keys.sorted() }

    /// Checks every tag of a page's template and its partials against the fields of the page type.
    ///
    /// Throws `mismatch` with all findings. Call it at start, so that rendering meets no surprise.
    package func check<Page: TemplatePage>(page: Page.Type) throws(TemplateError) {
        _ = try program(for: page)
    }

    /// Checks many page types and throws their findings together.
    package func check(pages: [any TemplatePage.Type]) throws(TemplateError) {
        var findings: [TemplateFinding] = []
        for page in pages {
            do throws(TemplateError) { try check(page: page) } catch { findings += error.findings }
        }
        guard findings.isEmpty else { throw TemplateError(.mismatch, findings) }
    }

    /// Renders a page as UTF-8 bytes.
    ///
    /// Throws `mismatch` when the template does not fit the page type, `endless` when partials
    /// include each other without end.
    package func render<Page: TemplatePage>(_ page: Page) throws(TemplateError) -> [UInt8] {
        try TemplateRenderer.render(page.templateValue, with: program(for: Page.self))
    }

    /// Renders a page as markup to be placed inside another page with `{{{name}}}`.
    package func fragment<Page: TemplatePage>(_ page: Page) throws(TemplateError) -> TrustedHTML {
        TrustedHTML(alreadyEscaped: try render(page))
    }

    /// Links and renders a value of any shape; pages go through `render(_:)`.
    func render(
        _ template: String,
        shape: TemplateShape,
        value: TemplateValue
    ) throws(TemplateError) -> [UInt8] {
        let program = try TemplateLinker.link(template, to: shape, sources: sources)
        return try TemplateRenderer.render(value, with: program)
    }

    private func program<Page: TemplatePage>(
        for page: Page.Type
    ) throws(TemplateError) -> TemplateProgram {
        let key = ObjectIdentifier(page)
        if let program = programs.withLock({ $0[key] }) { return program }
        let program = try TemplateLinker.link(
            Page.template,
            to: Page.templateShape,
            sources: sources
        )
        programs.withLock { $0[key] = program }
        return program
    }

    private static func syntaxFindings(in sources: [String: [UInt8]]) -> [TemplateFinding] {
        var findings: [TemplateFinding] = []
        for (name, source) in sources.sorted(by: { $0.key < $1.key }) {
            do throws(TemplateFinding) {
                for token in try TemplateParser.tokens(of: name, source: source) {
                    guard case .partial(let partial, _) = token.kind, sources[partial] == nil
                    else { continue }
                    let message = "there is no partial \(partial)"
                    findings.append(
                        TemplateFinding(template: name, line: token.line, message: message)
                    )
                }
            } catch {
                findings.append(error)
            }
        }
        return findings
    }
}
