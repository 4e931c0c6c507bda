import EmailSettings
import Mail
import Observability
import Postgres
import Secrets

/// What lies sealed in the database until the relay has it.
struct MessageContent: Sendable, Equatable {
    var to: [Mailbox]
    var cc: [Mailbox]
    var bcc: [Mailbox]
    var replyTo: [Mailbox]
    var subject: HeaderText
    var text: String
    var html: String?

    /// `copies` are the profile's, of which the draft takes what it asks for.
    init(_ draft: MessageDraft, copies: MessageOptions?) {
        to = draft.to
        cc = draft.cc + (draft.notifiesCc ? copies?.cc ?? [] : [])
        bcc = draft.bcc + (draft.notifiesBcc ? copies?.bcc ?? [] : [])
        replyTo = draft.replyTo
        subject = draft.subject
        text = draft.text
        html = draft.html
    }

    /// Everybody of the envelope, each once.
    var recipients: [Address] {
        var seen: Set<Address> = []
        return (to + cc + bcc).map(\.address).filter { seen.insert($0).inserted }
    }

    private static let format = "message/1"

    var bytes: [UInt8] {
        var writer = FieldWriter()
        writer.append(Self.format)
        for list in [to, cc, bcc, replyTo] { writer.append(MailboxList(list).text) }
        writer.append(subject.text)
        writer.append(text)
        writer.append(html == nil ? "0" : "1")
        writer.append(html ?? "")
        return writer.bytes
    }

    /// Nil for bytes of another format.
    init?(_ bytes: [UInt8]) {
        var reader = FieldReader(bytes)
        guard reader.text() == Self.format else { return nil }
        func list() -> [Mailbox]? {
            // Nil is this function's answer.
            reader.text().flatMap { try? MailboxList(parsing: $0).mailboxes }
        }
        guard let to = list(), let cc = list(), let bcc = list(), let replyTo = list(),
            let subject = reader.text(), let text = reader.text(), let hasHTML = reader.text(),
            let html = reader.text()
        else { return nil }
        self.to = to
        self.cc = cc
        self.bcc = bcc
        self.replyTo = replyTo
        self.subject = HeaderText(sanitizing: subject)
        self.text = text
        self.html = hasHTML == "1" ? html : nil
    }

    func seal(for message: UUID, with key: TenantKey) throws -> [UInt8] {
        try key.seal(Redacted(bytes), purpose: "message", fields: [message.description])
    }

    /// Throws: `SecretsError`; `NotificationsError.damaged` for bytes of another format.
    static func open(
        _ sealed: [UInt8],
        of message: UUID,
        with key: TenantKey
    ) throws -> MessageContent {
        let bytes = try key.open(sealed, purpose: "message", fields: [message.description])
        guard let content = bytes.reveal({ MessageContent($0) }) else {
            throw NotificationsError.damaged("content")
        }
        return content
    }
}
