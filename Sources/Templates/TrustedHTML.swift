/// Markup that may stand in a page unescaped; the only kind of value that `{{{name}}}` accepts.
///
/// It comes from a literal in our own source or from a rendered template, never from input.
package struct TrustedHTML: Sendable, Equatable {
    package let bytes: [UInt8]

    /// Takes a literal of the source code as markup.
    package init(literal: StaticString) {
        bytes = Array(literal.description.utf8)
    }

    /// Takes bytes as markup without looking at them; the caller has escaped all text in them.
    package init(alreadyEscaped bytes: [UInt8]) {
        self.bytes = bytes
    }
}
