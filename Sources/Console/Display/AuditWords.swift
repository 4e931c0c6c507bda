import Accounts
import EmailSettings
import SMTP
import TestSends

/// The audit trail in words: what was done, to which field, in the labels of the pages.
enum AuditWords {
    /// Fields that the sentence says already, or its link.
    static let unlisted: Set = ["kind", "test"]

    private static let verbs = [
        "branding.saved": "Changed", "profile.created": "Created email profile",
        "profile.saved": "Changed email profile", "profile.activated": "Activated email profile",
        "profile.deleted": "Deleted email profile", "test.cancelled": "Cancelled the test of",
        "access.denied": "Was refused: no permission", "tenant.created": "Created tenant",
        "membership.set": "Set the role of", "token.created": "Made the API token",
        "token.revoked": "Revoked the API token", "token.refused": "Was refused: API token",
    ]
    private static let supportVerbs = [
        "support.testViewed": "Support looked at a test",
        "support.testWatched": "Support watched a test",
        "support.testDownloaded": "Support downloaded a test",
    ]
    private static let labels = [
        "fromAddress": "From email address", "fromName": "From email name",
        "timeoutSeconds": "Timeout in seconds", "tls": "Encryption",
        "verifyCertificate": "Verify the server's certificate", "heloName": "EHLO name",
        "authentication": "Authentication method",
        "allowPlaintextAuthentication": "Allow the password over an unencrypted connection",
        "activeProfile": "Active email profile", "profile": "Settings",
    ]

    static func sentence(_ event: RecordedAuditEvent) -> String {
        if let verb = supportVerbs[event.action] { return verb }
        if event.action == "test.started" {
            return event.changes.contains { $0.field == "kind" && $0.new == TestKind.send.rawValue }
                ? "Started a test send to \(event.subject)"
                : "Started a connection test of \(event.subject)"
        }
        if event.action == "test.cancelled", event.subject == test(event) {
            return "Cancelled a connection test"
        }
        return "\(verbs[event.action] ?? event.action) \(event.subject)"
    }

    /// The test that the event is about.
    static func test(_ event: RecordedAuditEvent) -> String? {
        if supportVerbs[event.action] != nil { return event.subject }
        return event.changes.first { $0.field == "test" }?.new
    }

    static func label(_ field: String) -> String { labels[field] ?? FactNames.title(field) }

    /// The value as the pages show it; nil when there is none.
    static func value(_ text: String, of field: String) -> String? {
        if text.isEmpty { return nil }
        return switch field {
        case "tls": TLSMode(rawValue: text)?.title ?? text
        case "authentication": Authentication(rawValue: text)?.title ?? text
        case "verifyCertificate", "allowPlaintextAuthentication": text == "on" ? "On" : "Off"
        default: text
        }
    }
}
