import Mail

extension ProfileField {
    var messageWords: FieldWords {
        let (label, hint, synonyms): (String, String?, String) =
            switch self {
            case .organization: ("Organization", nil, "company sender information")
            case .replyTo:
                (
                    "Reply-To", "Where answers go. Empty: to the From address.",
                    "reply-to email reply to answers"
                )
            case .readReceiptTo:
                ("Read receipt to", "Readers may refuse.", "read receipts email mdn disposition")
            case .returnReceiptTo:
                (
                    "Delivery receipt to", "Reports themselves go to the envelope sender.",
                    "return receipt to email delivery status notification dsn"
                )
            case .cc:
                (
                    "Cc", "One address on each line. For the notifications that are marked for it.",
                    "mailto cc copy preferred notifications"
                )
            case .bcc:
                (
                    "Bcc",
                    "One address on each line. For the notifications that are marked for it.",
                    "mailto bcc blind copy preferred notifications"
                )
            case .priority: ("Priority", nil, "urgent normal non_urgent non-urgent")
            case .sensitivity:
                ("Sensitivity", nil, "personal private company_confidential confidential")
            case .importance: ("Importance", nil, "high normal low")
            case .headers:
                (
                    "Custom headers",
                    "One on each line, as Name: value. Not for the subject; only for those who "
                        + "know MIME headers.",
                    "advanced message settings mime header attribute name value"
                )
            default:
                (
                    "Envelope sender", "Where bounces go. Empty: to the From address.",
                    "bounce return-path mail from reverse path"
                )
            }
        let effect =
            MessageOptions.Field(rawValue: rawValue)?.explanation
            ?? "Stands in MAIL FROM; reports about failed deliveries go there. Readers see it as "
            + "Return-Path only."
        return FieldWords(label, hint, effect: effect, synonyms: synonyms)
    }
}
