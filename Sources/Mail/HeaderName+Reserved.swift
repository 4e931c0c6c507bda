extension HeaderName {
    /// What Sendproof writes, from a setting or for every message.
    private static let ofSettings: Set<String> = [
        "from", "to", "cc", "bcc", "subject", "date", "message-id", "reply-to", "sender",
        "mime-version", "auto-submitted", "x-auto-response-suppress", "organization",
        "disposition-notification-to", "return-receipt-to", "priority", "importance",
        "sensitivity",
    ]

    /// What mail servers write, or take as an order about where and how a message goes.
    private static let ofTransport: Set<String> = [
        "return-path", "received", "received-spf", "dkim-signature", "domainkey-signature",
        "authentication-results", "delivered-to", "x-original-to", "x-envelope-to",
        "x-envelope-from", "apparently-to", "errors-to", "original-recipient", "tls-required",
        "require-recipient-valid-since", "x-receipt-to", "x-confirm-reading-to",
        "disposition-notification-options", "original-from", "downgraded",
    ]

    private static let settingPrefixes = ["content-"]
    private static let transportPrefixes = ["arc-", "resent-", "downgraded-"]

    /// For comparing: names do not differ by case.
    var comparable: String {
        text.lowercased()
    }

    /// Why the field is not a person's to write; nil when it is.
    ///
    /// List headers (RFC 2369) are theirs: Sendproof writes none, and they steer no server.
    var reservation: HeaderFault? {
        let name = comparable
        func begins(_ prefix: String) -> Bool { name.utf8.starts(with: prefix.utf8) }
        if Self.ofSettings.contains(name) || Self.settingPrefixes.contains(where: begins) {
            return .setting
        }
        if Self.ofTransport.contains(name) || Self.transportPrefixes.contains(where: begins) {
            return .transport
        }
        return nil
    }

    /// Whether a message may have one such field only (RFC 5322, section 3.6; RFC 2369, section 2).
    var isOnlyOnce: Bool {
        let name = comparable
        return name == "in-reply-to" || name == "references"
            || name.utf8.starts(with: "list-".utf8)
    }
}
