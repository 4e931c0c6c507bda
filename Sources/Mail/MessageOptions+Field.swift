extension MessageOptions {
    /// The options by their names on the form, in JSON and in the history.
    package enum Field: String, Hashable, Sendable, CaseIterable {
        case organization, replyTo, readReceiptTo, returnReceiptTo, cc, bcc
        case priority, sensitivity, importance, headers

        /// What the option does to a message on the wire, for the person who sets it.
        package var explanation: String {
            switch self {
            case .organization:
                "Adds the header Organization, which a few email programs show beside the sender."
            case .replyTo:
                """
                Adds the header Reply-To; answers go there instead of to the From address.
                """
            case .readReceiptTo:
                """
                Adds the header Disposition-Notification-To, which asks the reader's email program \
                to tell this address that the message was opened; the reader may refuse, many \
                programs never ask, and no receipt does not mean that nobody read it.
                """
            case .returnReceiptTo:
                """
                Adds the header Return-Receipt-To, which few servers still honour; a delivery \
                status notification, asked for in SMTP where the relay offers it, always goes to \
                the envelope sender and never to this address.
                """
            case .cc:
                """
                Sends notifications to these addresses too and names them to every reader in the \
                header Cc; a test goes to its recipient alone.
                """
            case .bcc:
                """
                Sends notifications to these addresses too without naming them in any header; a \
                test goes to its recipient alone.
                """
            case .priority:
                """
                Adds the header Priority, which asks mail systems to carry the message sooner or \
                later; nearly all ignore it, and Unspecified writes no header.
                """
            case .sensitivity:
                """
                Adds the header Sensitivity, which some email programs show as a notice; it \
                protects nothing, and Unspecified writes no header.
                """
            case .importance:
                """
                Adds the header Importance, which many email programs show as a mark; Unspecified \
                writes no header.
                """
            case .headers:
                """
                Adds these headers before the text, as written; only what is not ASCII is encoded \
                (RFC 2047), and headers that Sendproof or mail servers write are refused.
                """
            }
        }
    }
}

/// Why the options as a whole cannot be used.
package enum MessageOptionsFault: Error, Equatable {
    case tooMany, tooLong, repeated

    func sentence(for field: MessageOptions.Field) -> String {
        switch (self, field) {
        case (.tooMany, .headers): "Use at most \(MessageOptions.mostHeaders) headers of your own."
        case (.tooMany, .replyTo): "Enter at most \(MessageOptions.mostReplyTo) addresses."
        case (.tooMany, _): "Enter at most \(MessageOptions.mostCopies) addresses."
        case (.tooLong, _):
            "Shorten your own headers: together they may have \(MessageOptions.longestHeaders) bytes."
        case (.repeated, _):
            "Use In-Reply-To, References and each of the List headers only once."
        }
    }
}
