import Mail
import SMTP

/// A message as Graph describes one (its resource type `message`).
struct GraphMessage: Sendable {
    private let message: Message

    init(_ message: Message) {
        self.message = message
    }

    /// The whole body of the request.
    var body: [UInt8] {
        JSON.object([
            .init("message", .object(members)), .init("saveToSentItems", .bool(false)),
        ]).bytes
    }

    private var members: [JSON.Member] {
        let options = message.options
        var members: [JSON.Member] = [
            .init("subject", .string(message.subject.text)),
            .init("from", Self.recipient(message.from)),
            .init("toRecipients", Self.recipients(message.to)),
        ]
        let lists = [
            ("ccRecipients", options.cc), ("bccRecipients", options.bcc),
            ("replyTo", options.replyTo),
        ]
        for (name, mailboxes) in lists where !mailboxes.isEmpty {
            members.append(.init(name, Self.recipients(mailboxes)))
        }
        members.append(.init("internetMessageId", .string(message.messageID.text)))
        if options.importance != .unspecified {
            members.append(.init("importance", .string(options.importance.rawValue)))
        }
        if options.readReceiptTo != nil {
            members.append(.init("isReadReceiptRequested", .bool(true)))
        }
        members.append(.init("internetMessageHeaders", .array(headers)))
        members.append(.init("body", content))
        return members
    }

    /// HTML where there is one: Exchange makes the plain text from it.
    private var content: JSON {
        .object([
            .init("contentType", .string(message.html == nil ? "text" : "html")),
            .init("content", .string(message.html ?? message.text)),
        ])
    }

    private static func recipients(_ mailboxes: [Mailbox]) -> JSON {
        .array(mailboxes.map(recipient))
    }

    private static func recipient(_ mailbox: Mailbox) -> JSON {
        let name = mailbox.name.map { [JSON.Member("name", .string($0.text))] } ?? []
        let address = JSON.Member("address", .string(mailbox.address.wireText))
        return .object([.init("emailAddress", .object(name + [address]))])
    }

    // MARK: - Headers

    /// The one that keeps out-of-office answers away, and the profile's that Graph takes.
    private var headers: [JSON] {
        let own = carried.map { ($0.name.text, $0.value.text) }
        let quiet = ("X-Auto-Response-Suppress", message.options.suppressedResponses)
        return ([quiet] + own).map { name, value in
            .object([.init("name", .string(name)), .init("value", .string(value))])
        }
    }

    private var carried: [CustomHeader] {
        let fit = message.options.headers.filter { Self.isExtension($0.name.text) }
        return Array(fit.prefix(GraphForm.mostHeaders))
    }

    private static func isExtension(_ name: String) -> Bool {
        name.lowercased().utf8.starts(with: "x-".utf8)
    }

    /// The profile's fields that something was said in and that the form leaves out.
    var omitted: [String] {
        let options = message.options
        let said: [(String, Bool)] = [
            ("organization", options.organization != nil),
            ("readReceiptTo", options.readReceiptTo != nil),
            ("returnReceiptTo", options.returnReceiptTo != nil),
            ("priority", options.priority != .unspecified),
            ("sensitivity", options.sensitivity != .unspecified),
            ("headers", carried.count < options.headers.count),
        ]
        return said.filter(\.1).map(\.0)
    }
}
