import Accounts
import Console
import Foundation

/// The people of these tests.
enum Somebody: String, CaseIterable {
    case ada, otto, emma, vera, aron, cleo, sam, olga

    static let tenants: [(slug: String, edition: Edition)] = [
        ("acme", .cloud), ("borealis", .onPremises), ("cassini", .onPremises),
    ]

    var name: String { rawValue.capitalized }
    var email: String { "\(rawValue)@people.example" }
    var password: String { "the long password of \(rawValue)" }

    var membership: (slug: String, role: Role)? {
        switch self {
        case .ada: ("acme", .administrator)
        case .otto: ("borealis", .administrator)
        case .emma: ("borealis", .emailAdministrator)
        case .vera: ("borealis", .viewer)
        case .aron: ("borealis", .auditor)
        case .cleo: ("cassini", .administrator)
        case .sam, .olga: nil
        }
    }

    var platformRole: PlatformRole? {
        switch self {
        case .sam: .support
        case .olga: .operator
        default: nil
        }
    }

    /// The permissions the specification gives this person in the own tenant, written out here
    /// again: the test must not ask the program.
    var permissions: Set<String> {
        switch self {
        case .ada, .otto, .cleo:
            [
                "email.read", "email.modify", "email.test", "email.send", "logs.read", "audit.read",
                "certificates.modify", "secrets.read", "secrets.modify",
            ]
        case .emma:
            [
                "email.read", "email.modify", "email.test", "email.send", "logs.read",
                "certificates.modify", "secrets.read", "secrets.modify",
            ]
        case .vera: ["email.read", "logs.read", "audit.read", "secrets.read"]
        case .aron: ["audit.read", "logs.read"]
        case .sam: ["support.read"]
        case .olga: []
        }
    }
}

/// A demo inbox with one message.
struct OneMessageInbox: CapturedMail {
    let address = "127.0.0.1:2525"
    private let summary = CapturedSummary(
        id: "m1",
        sender: "a@acme.example",
        recipients: "b@acme.example",
        subject: "Hello",
        receivedAt: 0,
        byteCount: 9
    )

    func messages() async throws -> [CapturedSummary] { [summary] }

    func message(_ id: String) async throws -> CapturedMessage? {
        guard id == summary.id else { return nil }
        return CapturedMessage(
            summary: summary,
            headers: [("Subject", "Hello")],
            text: "Hello",
            html: "<p>Hello</p>",
            raw: Array("Subject: Hello\r\n\r\nHello".utf8)
        )
    }
}
