/// What an email profile adds to its messages besides sender, recipients and text.
///
/// The values are checked one by one where they are parsed; `faults` has the limits of the whole.
package struct MessageOptions: Hashable, Sendable {
    /// Goes into `Organization` (RFC 5536, section 3.2.9).
    package var organization: HeaderText?
    /// Where answers go instead of to the From address; at most `mostReplyTo`.
    package var replyTo: [Mailbox]
    /// Who is told that a reader opened the message, if the reader agrees (RFC 8098).
    package var readReceiptTo: Address?
    /// `Return-Receipt-To`, which few servers honour; delivery status notifications (RFC 3461) are
    /// asked for in SMTP and go to the envelope sender.
    package var returnReceiptTo: Address?
    /// Who gets a copy and is named to all; at most `mostCopies`.
    package var cc: [Mailbox]
    /// Who gets a copy and is named to nobody, as this never becomes a header; at most `mostCopies`.
    package var bcc: [Mailbox]
    package var priority: MessagePriority
    package var sensitivity: MessageSensitivity
    package var importance: MessageImportance
    /// Written in this order, a name several times if wanted; at most `mostHeaders`.
    package var headers: [CustomHeader]

    package static let mostReplyTo = 10
    package static let mostCopies = 50
    package static let mostHeaders = 50
    /// Bytes of all own headers as sent; relays cut headers off from 64 KB on, and what they cut
    /// becomes text.
    package static let longestHeaders = 32 * 1024

    package init(
        organization: HeaderText? = nil,
        replyTo: [Mailbox] = [],
        readReceiptTo: Address? = nil,
        returnReceiptTo: Address? = nil,
        cc: [Mailbox] = [],
        bcc: [Mailbox] = [],
        priority: MessagePriority = .unspecified,
        sensitivity: MessageSensitivity = .unspecified,
        importance: MessageImportance = .unspecified,
        headers: [CustomHeader] = []
    ) {
        self.organization = organization
        self.replyTo = replyTo
        self.readReceiptTo = readReceiptTo
        self.returnReceiptTo = returnReceiptTo
        self.cc = cc
        self.bcc = bcc
        self.priority = priority
        self.sensitivity = sensitivity
        self.importance = importance
        self.headers = headers
    }

    /// The same for a message that goes to one reader only, such as a test: nobody gets a copy.
    package var withoutCopies: MessageOptions {
        var options = self
        options.cc = []
        options.bcc = []
        return options
    }

    /// Everything that is too much, each with the field it belongs to.
    package var faults: [(field: Field, error: MailError)] {
        var faults: [(field: Field, fault: MessageOptionsFault)] = []
        if replyTo.count > Self.mostReplyTo { faults.append((.replyTo, .tooMany)) }
        if cc.count > Self.mostCopies { faults.append((.cc, .tooMany)) }
        if bcc.count > Self.mostCopies { faults.append((.bcc, .tooMany)) }
        if headers.count > Self.mostHeaders { faults.append((.headers, .tooMany)) }
        if headers.reduce(0, { $0 + $1.field.bytes.count }) > Self.longestHeaders {
            faults.append((.headers, .tooLong))
        }
        let single = headers.map(\.name).filter(\.isOnlyOnce).map(\.comparable)
        if Set(single).count < single.count { faults.append((.headers, .repeated)) }
        return faults.map { ($0.field, .options($0.field, $0.fault)) }
    }
}

extension MessageOptions {
    /// Addresses that stand in the header, for which the relay may need SMTPUTF8.
    var headerAddresses: [Address] {
        (cc + replyTo).map(\.address) + [readReceiptTo, returnReceiptTo].compactMap(\.self)
    }

    /// The fields of the options but for `Cc` and `Reply-To`, which stand beside `To`, and `headers`.
    var fields: [HeaderField] {
        var fields: [HeaderField] = []
        if let organization {
            fields.append(HeaderField(HeaderName("Organization"), text: organization))
        }
        let receipts = [
            (HeaderName("Disposition-Notification-To"), readReceiptTo),
            (HeaderName("Return-Receipt-To"), returnReceiptTo),
        ]
        for case (let name, let address?) in receipts {
            fields.append(HeaderField(name, mailboxes: [Mailbox(address: address)]))
        }
        let tokens = [
            (HeaderName("Priority"), priority.headerText),
            (HeaderName("Sensitivity"), sensitivity.headerText),
            (HeaderName("Importance"), importance.headerText),
        ]
        for case (let name, let token?) in tokens {
            fields.append(HeaderField(name, tokens: [token]))
        }
        return fields
    }

    /// What Exchange is not to answer ([MS-OXCMAIL], 2.1.3.2.20): all but the receipts asked for,
    /// and the reports of failures, which are wanted always.
    package var suppressedResponses: String {
        let delivery = returnReceiptTo == nil ? ["DR"] : []
        let reading = readReceiptTo == nil ? ["RN", "NRN"] : []
        return (delivery + reading + ["OOF", "AutoReply"]).joined(separator: ", ")
    }
}
