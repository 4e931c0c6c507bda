import Observability

/// What is wrong with the templates, or with a page handed to them.
package struct TemplateError: ExplainedError, Equatable {
    package enum Kind: String, Sendable {
        /// The folder or a file in it cannot be read.
        case unreadable
        /// A template breaks the syntax, or names a partial that is not there.
        case syntax
        /// A tag names something that the page does not have, or has in another kind.
        case mismatch
        /// Partials include each other without end.
        case endless
    }

    package let kind: Kind
    /// Everything that was found, in the order of template and line.
    package let findings: [TemplateFinding]

    init(_ kind: Kind, _ findings: [TemplateFinding]) {
        self.kind = kind
        self.findings = findings
    }

    package var code: String { "templates.\(kind.rawValue)" }

    package var userText: String {
        "This page could not be built. Please tell the operator of this installation."
    }

    package var operatorText: String {
        findings.map(\.description).joined(separator: "\n")
    }
}

/// One thing that is wrong at one place of a template.
package struct TemplateFinding: Error, Equatable, CustomStringConvertible {
    /// The template's name: its path in the folder, without extension.
    package let template: String
    /// The line of the tag, from 1; 0 when the template as a whole is meant.
    package let line: Int
    package let message: String

    package var description: String {
        line > 0 ? "\(template):\(line): \(message)" : "\(template): \(message)"
    }
}
