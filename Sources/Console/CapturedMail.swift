/// The demo's captured messages, as the pages show them.
package protocol CapturedMail: Sendable {
    /// Where the capture relay listens, `127.0.0.1:2525`.
    var address: String { get }
    /// The messages, the newest first; at most 200.
    func messages() async throws -> [CapturedSummary]
    /// One message; nil when it is gone.
    func message(_ id: String) async throws -> CapturedMessage?
}

/// A row of the inbox.
package struct CapturedSummary: Sendable {
    package let id: String
    package let sender: String
    package let recipients: String
    package let subject: String
    /// Seconds since 1970.
    package let receivedAt: Int64
    package let byteCount: Int

    package init(
        id: String,
        sender: String,
        recipients: String,
        subject: String,
        receivedAt: Int64,
        byteCount: Int
    ) {
        self.id = id
        self.sender = sender
        self.recipients = recipients
        self.subject = subject
        self.receivedAt = receivedAt
        self.byteCount = byteCount
    }
}

/// A captured message, decoded.
package struct CapturedMessage: Sendable {
    package let summary: CapturedSummary
    package let headers: [(name: String, value: String)]
    package let text: String?
    package let html: String?
    package let raw: [UInt8]

    package init(
        summary: CapturedSummary,
        headers: [(name: String, value: String)],
        text: String?,
        html: String?,
        raw: [UInt8]
    ) {
        self.summary = summary
        self.headers = headers
        self.text = text
        self.html = html
        self.raw = raw
    }
}
