import EmailSettings
import HTTP
import Templates

/// What was typed into a form that came without the session it needs, to be sent after signing in.
///
/// Passwords are not kept. Neither is a form that may come from another site's page, so that nobody
/// can put values of their own before a person who has just signed in.
struct KeptForm: Sendable {
    /// Where the form goes.
    let action: String
    let fields: FormBody

    /// Names of the fields of the sign-in form that carry it on.
    static let actionName = "keptAction"
    static let fieldsName = "keptFields"
    /// Bytes of the encoded fields; more is not kept.
    private static let limit = 64 * 1024

    /// The form of a request, if its browser says that it is a page of this site that sent it.
    init?(_ request: Request) {
        // A form that cannot be read has nothing to keep; the request is refused without it.
        guard request.method == .post, SameSite.isProven(request), let sent = try? request.form()
        else { return nil }
        self.init(action: request.rawPath, fields: sent.without(Self.isDropped))
    }

    /// The form that the sign-in form carried on.
    init?(carriedBy form: FormBody) {
        guard let action = form[Self.actionName], let encoded = form[Self.fieldsName],
            // What does not read as fields is nothing that was carried on.
            let fields = try? FormBody(parsing: encoded.utf8)
        else { return nil }
        self.init(action: action, fields: fields.without(Self.isDropped))
    }

    private init?(action: String, fields: FormBody) {
        guard LocalTarget.isSafe(action), action.utf8.starts(with: "/t/".utf8),
            fields.encoded.utf8.count <= Self.limit
        else { return nil }
        self.action = action
        self.fields = fields
    }

    private static func isDropped(_ name: String) -> Bool {
        name == "csrf" || passwords.contains(name)
    }

    private static let passwords = Set(
        CredentialField.allCases.filter(\.isHidden)
            .flatMap { [$0.rawValue, "\($0.rawValue)Value", "\($0.rawValue)Confirm"] }
            + ["filePassword", "certificateText", "value", "valueConfirm"]
    )
}

extension Console {
    /// Offers to send a kept form again, now that there is a session for it.
    func sendAgain(
        _ form: KeptForm,
        csrf: String,
        _ text: String,
        status: Status
    ) throws -> Response {
        let heading = "Send what you typed?"
        let page = ConfirmPage(
            layout: bareLayout(heading, csrf: csrf),
            heading: heading,
            text: text,
            action: form.action,
            hidden: form.fields.pairs.map { HiddenField(name: $0.name, value: $0.value) },
            button: "Send it now",
            cancelURL: PagePath.home.url()
        )
        return .html(try templates.render(page), status: status)
    }
}
