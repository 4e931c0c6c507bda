package import EmailSettings
import Mail

/// A message as a system writes it: text, not yet checked.
package struct MessageForm: Sendable, Equatable {
    /// One mailbox an entry, like `Ada <ada@example.com>`.
    package var to: [String] = []
    package var cc: [String] = []
    package var bcc: [String] = []
    package var replyTo: [String] = []
    package var subject = ""
    package var text = ""
    /// Empty: plain text alone.
    package var html = ""
    package var event = ""
    package var notifiesCc = false
    package var notifiesBcc = false

    package init() {}

    /// The message, when all of it can be sent.
    ///
    /// Throws: `FormRejection` with everything that is wrong; an entry of a list is named by its
    /// place from 0, `to[1]`.
    package func parse() throws(FormRejection) -> MessageDraft {
        var reading = MessageReading()
        let draft = MessageDraft(
            to: reading.mailboxes(to, "to"),
            cc: reading.mailboxes(cc, "cc"),
            bcc: reading.mailboxes(bcc, "bcc"),
            replyTo: reading.mailboxes(replyTo, "replyTo"),
            subject: reading.subject(subject),
            text: reading.content(text, "text"),
            html: html.utf8.isEmpty ? nil : reading.content(html, "html"),
            event: reading.event(event),
            notifiesCc: notifiesCc,
            notifiesBcc: notifiesBcc
        )
        if to.isEmpty { reading.fail("to", "required", "Enter at least one recipient.") }
        let count = to.count + cc.count + bcc.count
        if count > MessageDraft.mostRecipients {
            reading.fail(
                "to",
                "tooMany",
                "Enter at most \(MessageDraft.mostRecipients) recipients in to, cc and bcc "
                    + "together; these are \(count)."
            )
        }
        if replyTo.count > MessageOptions.mostReplyTo {
            let sentence = "Enter at most \(MessageOptions.mostReplyTo) addresses in replyTo."
            reading.fail("replyTo", "tooMany", sentence)
        }
        guard reading.errors.isEmpty else { throw FormRejection(reading.errors) }
        return draft
    }
}

/// Reads the parts of a message and gathers what is wrong with all of them; what is wrong gives a
/// stand-in, which nobody gets.
private struct MessageReading {
    private(set) var errors: [FieldError] = []

    mutating func fail(_ field: String, _ code: String, _ message: String) {
        errors.append(FieldError(field, code, message))
    }

    mutating func subject(_ text: String) -> HeaderText {
        if text.utf8.allSatisfy({ $0 == 0x20 }) {
            fail("subject", "required", "Enter a subject.")
        } else if text.utf8.count > MessageDraft.longestSubject {
            let sentence = "Shorten the subject to \(MessageDraft.longestSubject) bytes."
            fail("subject", "tooLong", sentence)
        } else if !isLine(text) {
            let sentence = "Remove the line breaks and control characters from the subject."
            fail("subject", "control", sentence)
        }
        return HeaderText(sanitizing: text)
    }

    mutating func event(_ text: String) -> String {
        if text.unicodeScalars.count > MessageDraft.longestEvent {
            let sentence = "Shorten the event to \(MessageDraft.longestEvent) characters."
            fail("event", "tooLong", sentence)
        } else if !isLine(text) {
            let sentence = "Remove the line breaks and control characters from the event."
            fail("event", "control", sentence)
        }
        return text
    }

    /// Text or HTML of any lines.
    mutating func content(_ text: String, _ name: String) -> String {
        if text.utf8.isEmpty {
            fail(name, "required", "Enter the \(name) of the message.")
        } else if text.utf8.count > MessageDraft.longestText {
            fail(name, "tooLong", "Shorten \(name) to \(MessageDraft.longestText) bytes.")
        } else if text.unicodeScalars.contains(where: { isControl($0) && !isLayout($0) }) {
            let sentence =
                "Remove the control characters from \(name); tabs and line breaks may stay."
            fail(name, "control", sentence)
        }
        return text
    }

    /// The entries of a list; of one that is far too long only the first are read.
    mutating func mailboxes(_ entries: [String], _ name: String) -> [Mailbox] {
        var found: [Mailbox] = []
        for (place, entry) in entries.prefix(MessageDraft.mostRecipients).enumerated() {
            do throws(FieldError) {
                found.append(try mailbox(entry, place, of: name))
            } catch {
                errors.append(error)
            }
        }
        return found
    }

    private func mailbox(
        _ text: String,
        _ place: Int,
        of list: String
    ) throws(FieldError) -> Mailbox {
        func wrong(_ sentence: String) -> FieldError {
            FieldError("\(list)[\(place)]", "address", "Entry \(place + 1) of \(list): \(sentence)")
        }
        guard isLine(text) else { throw wrong("Remove the line breaks and control characters.") }
        let several = "Enter one address; others are entries of their own."
        let found: [Mailbox]
        do throws(MailError) {
            found = try MailboxList(parsing: text).mailboxes
        } catch MailError.entry(1, let error) {
            throw wrong(error.userText)
        } catch {
            throw wrong(several)
        }
        guard let mailbox = found.first else {
            throw wrong("Enter an email address, like name@example.com.")
        }
        guard found.count == 1 else { throw wrong(several) }
        return mailbox
    }

    /// Whether it is one line without control characters.
    private func isLine(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy {
            !isControl($0) && $0.value != 0x2028 && $0.value != 0x2029
        }
    }

    /// C0, DEL and C1, which programs that read mail understand in many ways, or not at all.
    private func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .control
    }

    private func isLayout(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "\t" || scalar == "\n" || scalar == "\r"
    }
}
