package import Postgres

/// Somebody who can sign in.
package struct Person: Sendable, Equatable {
    package let id: UUID
    package let email: String
    package let name: String
    package let platformRole: PlatformRole?
}

/// Where a request came from, for the audit trail.
package struct Origin: Sendable {
    /// The client's address, without a port.
    package let address: String
    package let userAgent: String
    /// The reference number of the request, as in the log and on error pages.
    package let requestID: String

    package init(address: String, userAgent: String, requestID: String) {
        self.address = address
        self.userAgent = userAgent
        self.requestID = requestID
    }

    /// A command on the server itself.
    package static let commandLine = Origin(
        address: "local",
        userAgent: "sendproof",
        requestID: "command-line"
    )
}
