package import Mail
package import OAuth
package import Observability
package import SMTP

/// A mailbox of Microsoft 365 to send from, and the application that may.
package struct GraphAccount: Sendable {
    package let cloud: NationalCloud
    /// The directory's ID or one of its domains.
    package let tenantID: String
    package let clientID: String
    package let clientSecret: Redacted<[UInt8]>
    /// The primary address of the mailbox.
    package let mailbox: Address
    /// Graph leaves no copy only for messages in its own JSON form.
    package let saveToSentItems: Bool
    package var proxy: ProxyChoice = .none

    /// The application permission that sending needs.
    static let permission = "Mail.Send"

    package init(
        cloud: NationalCloud,
        tenantID: String,
        clientID: String,
        clientSecret: Redacted<[UInt8]>,
        mailbox: Address,
        saveToSentItems: Bool
    ) {
        self.cloud = cloud
        self.tenantID = tenantID
        self.clientID = clientID
        self.clientSecret = clientSecret
        self.mailbox = mailbox
        self.saveToSentItems = saveToSentItems
    }
}
