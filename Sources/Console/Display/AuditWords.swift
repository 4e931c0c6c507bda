import Accounts
import EmailSettings
import SMTP
import SecretProviders
import TestSends

/// The audit trail in words: what was done, to which field, in the labels of the pages.
enum AuditWords {
    /// Fields that the sentence says already, or its link.
    static let unlisted: Set = ["kind", "test", "message"]

    private static let verbs = [
        "branding.saved": "Changed", "profile.created": "Created email profile",
        "profile.saved": "Changed email profile", "profile.activated": "Activated email profile",
        "profile.deleted": "Deleted email profile",
        "profile.duplicated": "Duplicated as email profile",
        "test.cancelled": "Cancelled the test of",
        "access.denied": "Was refused: no permission", "tenant.created": "Created tenant",
        "membership.set": "Set the role of",
        "certificate.requested": "Made a key and a signing request called",
        "certificate.added": "Added certificate",
        "certificate.fileNamed": "Named a certificate file as",
        "certificate.installed": "Installed the certificate issued for",
        "certificate.replaced": "Replaced certificate",
        "certificate.renamed": "Renamed a certificate to",
        "certificate.deleted": "Deleted certificate",
        "secret.created": "Added secret", "secret.saved": "Changed secret",
        "secret.replaced": "Replaced the value of secret", "secret.deleted": "Deleted secret",
        "secret.tested": "Tested secret",
        "provider.created": "Added secret provider",
        "provider.saved": "Changed secret provider",
        "provider.deleted": "Deleted secret provider",
        "provider.tested": "Tested secret provider",
        "provider.entryAdded": "Added an entry to", "provider.entryChanged": "Changed an entry of",
        "provider.entryDeleted": "Deleted an entry of",
        "expiry.webhookSaved": "Saved the webhook for what ends, at",
        "expiry.webhookSecretRenewed": "Made a new signing secret for the webhook at",
        "expiry.webhookRemoved": "Removed the webhook at",
        "expiry.webhookTested": "Sent a test event to the webhook at",
        "profile.authorized": "Got an OAuth authorization for the form of",
        "delivery.triedNow": "Asked for another attempt of the message",
        "delivery.cancelled": "Cancelled the message",
        "token.created": "Made the API token",
        "token.revoked": "Revoked the API token", "token.refused": "Was refused: API token",
    ]
    private static let supportVerbs = [
        "support.testViewed": "Support looked at a test",
        "support.testWatched": "Support watched a test",
        "support.testDownloaded": "Support downloaded a test",
    ]
    private static let labels = [
        "activeProfile": "Active email profile", "profile": "Settings",
        "fingerprint": "SHA-256 fingerprint", "fileName": "File",
        "cacheCertificate": "Cache certificate", "hosts": "Servers", "expiresOn": "Expires on",
        "value": "Value", "cloud": "Cloud", "tenantID": "Directory (tenant) ID",
        "clientID": "Application (client) ID",
        "server": "Server", "enabled": "Send warnings", "signingSecret": "Signing secret",
    ]

    /// Of the fields of secret providers.
    private static let providerLabels = Dictionary(
        ProviderKind.allCases.flatMap(\.configuration).map { ($0.name, $0.label) },
        uniquingKeysWith: { first, _ in first }
    )

    static func sentence(_ event: RecordedAuditEvent) -> String {
        if let verb = supportVerbs[event.action] { return verb }
        if event.action == "test.started" {
            return event.changes.contains { $0.field == "kind" && $0.new == TestKind.send.rawValue }
                ? "Started a test send to \(event.subject)"
                : "Started a connection test of \(event.subject)"
        }
        if event.action == "delivery.allTriedNow" {
            return "Asked for another attempt of all messages that wait"
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

    /// The message that the event is about.
    static func message(_ event: RecordedAuditEvent) -> String? {
        event.changes.first { $0.field == "message" }?.new
    }

    static func label(_ field: String) -> String {
        labels[field] ?? FieldPlaces.label(field) ?? providerLabels[field]
            ?? FactNames.title(field)
    }

    /// The value as the pages show it; nil when there is none.
    static func value(_ text: String, of field: String) -> String? {
        if text.isEmpty { return nil }
        if field == "cacheCertificate" || field == "enabled" {
            return text == "on" ? "On" : "Off"
        }
        guard let field = ProfileField(rawValue: field) else { return text }
        if field.kind == .flag { return text == "on" ? "On" : "Off" }
        return field.choices.first { $0.value == text }?.label ?? text
    }
}
