package import Mail

/// A message that a tenant's system wants sent, checked.
package struct MessageDraft: Sendable, Equatable {
    package var to: [Mailbox]
    package var cc: [Mailbox]
    package var bcc: [Mailbox]
    /// Where answers go; empty: where the profile says.
    package var replyTo: [Mailbox]
    package var subject: HeaderText
    /// Plain text, with any line ends.
    package var text: String
    /// The same in HTML; nil sends plain text alone.
    package var html: String?
    /// What the system calls the occasion; may be empty.
    package var event: String
    /// Whether the profile's Cc gets it as well.
    package var notifiesCc: Bool
    /// Whether the profile's Bcc gets it as well.
    package var notifiesBcc: Bool

    package init(
        to: [Mailbox],
        cc: [Mailbox] = [],
        bcc: [Mailbox] = [],
        replyTo: [Mailbox] = [],
        subject: HeaderText,
        text: String,
        html: String? = nil,
        event: String = "",
        notifiesCc: Bool = false,
        notifiesBcc: Bool = false
    ) {
        self.to = to
        self.cc = cc
        self.bcc = bcc
        self.replyTo = replyTo
        self.subject = subject
        self.text = text
        self.html = html
        self.event = event
        self.notifiesCc = notifiesCc
        self.notifiesBcc = notifiesBcc
    }

    /// The most recipients of To, Cc and Bcc together, without the profile's.
    package static let mostRecipients = 100
    /// The longest subject, in bytes of UTF-8.
    package static let longestSubject = 998
    /// The longest name of an event, in Unicode scalars.
    package static let longestEvent = 64
    /// The longest text and the longest HTML, in bytes of UTF-8.
    package static let longestText = 512 * 1024
}
