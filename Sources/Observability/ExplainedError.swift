/// An error with two audiences: the person at the page and the operator at the log.
///
/// Each module has one family of these; `description` is the text for the person, so that an error
/// printed by accident shows nothing internal.
package protocol ExplainedError: Error, CustomStringConvertible {
    /// Stable, dotted, for programs and tests: `sockets.refused`.
    var code: String { get }
    /// What happened and what to do, for the person at the page; never internal.
    var userText: String { get }
    /// What happened inside, for the log; never a secret.
    var operatorText: String { get }
}

extension ExplainedError {
    package var description: String { userText }
}
