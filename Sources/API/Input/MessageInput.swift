import EmailSettings
import HTTP
import Notifications
import SMTP

/// A message as a program sends it.
enum MessageInput {
    /// The message, when all of it can be sent.
    ///
    /// Throws: `FormRejection` with unknown names, wrong types and everything else that is wrong.
    static func draft(_ json: JSON) throws(FormRejection) -> MessageDraft {
        var errors = InputObject.errors(of: json, .messageInput)
        let named = Set(errors.map(\.field))
        do throws(FormRejection) {
            let draft = try form(json).parse()
            if errors.isEmpty { return draft }
        } catch {
            errors += error.errors.filter { !named.contains($0.field) }
        }
        throw FormRejection(errors)
    }

    /// A member of the wrong type counts as missing here.
    private static func form(_ json: JSON) -> MessageForm {
        func list(_ name: String) -> [String] {
            let elements = json[name]?.elements ?? []
            let texts = elements.compactMap(\.text)
            return texts.count == elements.count ? texts : []
        }
        var form = MessageForm()
        form.to = list("to")
        form.cc = list("cc")
        form.bcc = list("bcc")
        form.replyTo = list("replyTo")
        form.subject = json["subject"]?.text ?? ""
        form.text = json["text"]?.text ?? ""
        form.html = json["html"]?.text ?? ""
        form.event = json["event"]?.text ?? ""
        form.notifiesCc = json["notifyCc"]?.flag ?? false
        form.notifiesBcc = json["notifyBcc"]?.flag ?? false
        return form
    }
}

/// The Idempotency-Key of a request.
enum IdempotencyKey {
    /// Nil when there is none.
    ///
    /// Throws: `idempotencyKey` for several, and for anything but 1–255 printable ASCII characters.
    static func text(of request: Request) throws(APIError) -> String? {
        let fields = request.allHeaderBytes(.idempotencyKey)
        guard let field = fields.first else { return nil }
        guard fields.count == 1, (1...255).contains(field.count),
            field.allSatisfy({ (0x20...0x7E).contains($0) })
        else { throw .idempotencyKey }
        return String(decoding: field, as: UTF8.self)
    }
}

extension FieldTable {
    static let messageInput = FieldTable([
        Field(
            "to",
            .list(.text),
            .call,
            isRequired: true,
            "Who gets it: one address an entry, like Ada <ada@example.com>; with cc and bcc at most "
                + "\(MessageDraft.mostRecipients)"
        ),
        Field("cc", .list(.text), .call, "Who gets a copy, and is named to all"),
        Field("bcc", .list(.text), .call, "Who gets a copy, and is named to nobody"),
        Field("replyTo", .list(.text), .call, "Where answers go; none: where the profile says"),
        Field("subject", .text, .call, isRequired: true, "One line"),
        Field("text", .text, .call, isRequired: true, "Plain text, with any line ends"),
        Field("html", .nullable(.text), .call, "The same in HTML; null: plain text alone"),
        Field(
            "event",
            .text,
            .call,
            "What your system calls the occasion, to find it in the log; one line"
        ),
        Field("notifyCc", .flag, .call, "Whether the Cc of the profile gets it as well"),
        Field("notifyBcc", .flag, .call, "Whether the Bcc of the profile gets it as well"),
    ])
}
