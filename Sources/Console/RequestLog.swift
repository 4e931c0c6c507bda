package import Logging

/// Where the console says what an operator should know.
package struct RequestLog: Sendable {
    private let logger: Logger

    package init(_ logger: Logger) {
        self.logger = logger
    }

    /// An error nobody foresaw, under the reference its page shows.
    func unexpected(_ text: String, reference: String) {
        logger.error(
            "unexpected error",
            metadata: ["reference": "\(reference)", "error": "\(text)"]
        )
    }

    func refused(_ code: String, reference: String) {
        logger.debug("refused", metadata: ["reference": "\(reference)", "code": "\(code)"])
    }
}
