package import Logging

/// Where pages and API say what an operator should know of requests.
package struct RequestLog: Sendable {
    private let logger: Logger

    package init(_ logger: Logger) {
        self.logger = logger
    }

    /// An error nobody foresaw, under the reference its answer shows.
    package func unexpected(_ text: String, reference: String) {
        logger.error(
            "unexpected error",
            metadata: ["reference": "\(reference)", "error": "\(text)"]
        )
    }

    package func refused(_ code: String, reference: String) {
        logger.debug("refused", metadata: ["reference": "\(reference)", "code": "\(code)"])
    }
}
