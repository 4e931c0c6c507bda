/// The two forms in which Microsoft Graph takes a message.
package enum GraphForm: String, CaseIterable, Sendable {
    /// The whole message as it is, in base64; a copy always goes into Sent Items.
    case mime
    /// Graph's own description of a message, from which Exchange makes one; without a copy.
    case json

    package init(saveToSentItems: Bool) {
        self = saveToSentItems ? .mime : .json
    }

    var title: String {
        switch self {
        case .mime: "MIME"
        case .json: "JSON"
        }
    }

    var mediaType: String {
        switch self {
        case .mime: "text/plain"
        case .json: "application/json"
        }
    }

    /// Own headers that the JSON form takes; Graph takes five in all, and one is ours.
    package static let mostHeaders = 4

    /// A field of a profile that this form cannot carry.
    package struct Gap: Sendable, Equatable {
        /// The field's name.
        package let field: String
        /// Why, and what happens instead, in whole sentences.
        package let reason: String
        /// Whether a part of what the field says is carried all the same.
        package let isPartial: Bool

        init(_ field: String, _ reason: String, isPartial: Bool = false) {
            self.field = field
            self.reason = reason
            self.isPartial = isPartial
        }
    }

    /// Everything that a profile can say and this form cannot carry.
    package static func unsupported(_ form: GraphForm) -> [Gap] {
        switch form {
        case .mime: inBoth
        case .json: inBoth + inJSON
        }
    }

    private static let inBoth = [
        Gap(
            "envelopeSender",
            "Microsoft Graph takes no envelope sender: bounces go to the mailbox that sends."
        ),
        Gap(
            "returnReceiptTo",
            "Microsoft Graph cannot ask for delivery status notifications; a failure is reported "
                + "to the mailbox that sends."
        ),
        Gap("requireTLS", "REQUIRETLS belongs to SMTP; Exchange decides how it hands mail on."),
    ]

    private static let instead = " Switch Save to Sent Items on to send it."
    private static let inJSON = [
        Gap(
            "organization",
            "Without a copy in Sent Items, Microsoft Graph takes own headers only when their "
                + "names begin with X-, and this is none of them." + instead
        ),
        Gap(
            "readReceiptTo",
            "Without a copy in Sent Items, a read receipt can be asked for, and goes to the "
                + "mailbox that sends, not to this address." + instead,
            isPartial: true
        ),
        Gap(
            "priority",
            "Without a copy in Sent Items, Microsoft Graph knows no priority, only the "
                + "importance." + instead
        ),
        Gap(
            "sensitivity",
            "Without a copy in Sent Items, Microsoft Graph takes no sensitivity." + instead
        ),
        Gap(
            "headers",
            "Without a copy in Sent Items, Microsoft Graph takes at most \(mostHeaders) own "
                + "headers, and only when their names begin with X-." + instead,
            isPartial: true
        ),
        Gap(
            "signEnabled",
            "Without a copy in Sent Items, Exchange writes the message itself, so that it cannot "
                + "be signed here." + instead
        ),
        Gap(
            "encryptEnabled",
            "Without a copy in Sent Items, Exchange writes the message itself, so that it cannot "
                + "be encrypted here." + instead
        ),
    ]
}
