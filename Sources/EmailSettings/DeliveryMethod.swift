/// How a profile hands its mail over.
package enum DeliveryMethod: String, CaseIterable, Sendable {
    case smtp
    /// Microsoft Graph.
    case office365

    /// In the words of the page.
    package var title: String {
        switch self {
        case .smtp: "SMTP"
        case .office365: "Office 365"
        }
    }

    var choice: FieldChoice {
        switch self {
        case .smtp: FieldChoice(rawValue, title, "A mail server of any kind.")
        case .office365:
            FieldChoice(rawValue, title, "A mailbox of Microsoft 365, through Microsoft Graph.")
        }
    }
}
