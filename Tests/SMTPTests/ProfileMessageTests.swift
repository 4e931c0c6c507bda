import EmailSettings
import Foundation
import Mail
import SMTP
import TestSupport
import Testing

/// Each option of a profile's message, in the mail that a real Postfix delivered.
@Suite(.enabled(if: RealRelay.isPossible, "Postfix must be started by root"))
struct ProfileMessageTests {
    /// Fields of a settings file, and the lines that the mail then has or has not.
    struct Option: Sendable, CustomTestStringConvertible {
        let fields: String
        var has: [String] = []
        var lacks: [String] = []

        var testDescription: String { fields }
    }

    static let names = [
        "Organization:", "Reply-To:", "Disposition-Notification-To:", "Return-Receipt-To:", "Cc:",
        "Bcc:", "Priority:", "Sensitivity:", "Importance:", "X-Team:",
    ]

    static let options = [
        Option(fields: "", has: ["Return-Path: <ada@tenant.test>"], lacks: names),
        Option(fields: #""fromName":"Größe, Ada""#, has: ["From: =?UTF-8?"]),
        Option(fields: #""organization":"Borealis""#, has: ["Organization: Borealis"]),
        Option(fields: #""organization":"Größe""#, has: ["Organization: =?UTF-8?"]),
        Option(
            fields: #""replyTo":"Help <help@tenant.test>, b@tenant.test""#,
            has: ["Reply-To: Help <help@tenant.test>, b@tenant.test"]
        ),
        Option(
            fields: #""readReceiptTo":"read@tenant.test""#,
            has: ["Disposition-Notification-To: read@tenant.test"],
            lacks: ["Return-Receipt-To:"]
        ),
        Option(
            fields: #""returnReceiptTo":"return@tenant.test""#,
            has: ["Return-Receipt-To: return@tenant.test"],
            lacks: ["Disposition-Notification-To:"]
        ),
        Option(
            fields: #""cc":["c@tenant.test"],"bcc":["hidden@tenant.test"]"#,
            lacks: ["Cc:", "Bcc:", "hidden@tenant.test"]
        ),
        Option(fields: #""priority":"normal""#, has: ["Priority: normal"]),
        Option(fields: #""priority":"urgent""#, has: ["Priority: urgent"]),
        Option(fields: #""priority":"nonUrgent""#, has: ["Priority: non-urgent"]),
        Option(fields: #""sensitivity":"personal""#, has: ["Sensitivity: Personal"]),
        Option(fields: #""sensitivity":"private""#, has: ["Sensitivity: Private"]),
        Option(
            fields: #""sensitivity":"companyConfidential""#,
            has: ["Sensitivity: Company-Confidential"]
        ),
        Option(fields: #""importance":"high""#, has: ["Importance: high"]),
        Option(fields: #""importance":"normal""#, has: ["Importance: normal"]),
        Option(fields: #""importance":"low""#, has: ["Importance: low"]),
        Option(
            fields: #""headers":[{"name":"X-Team","value":"Ops"},{"name":"X-Umlaut","value":"ö"}]"#,
            has: ["X-Team: Ops", "X-Umlaut: =?UTF-8?"]
        ),
        Option(
            fields: #""envelopeSender":"bounce@tenant.test""#,
            has: ["Return-Path: <bounce@tenant.test>", "From: ada@tenant.test"]
        ),
    ]

    @Test(arguments: options)
    func `each message option is in the mail that Postfix delivered`(option: Option) async throws {
        let relay = try RealRelay.shared()
        let (trace, token) = try await send(option.fields, relay)
        #expect(trace.outcome == .accepted, "\(trace.verdict)")
        let mail = String(decoding: try await relay.deliveredWhole(token), as: UTF8.self)
        let header = try #require(mail.range(of: "\n\n")).lowerBound
        let lines = mail[..<header].replacing("\n ", with: " ").components(separatedBy: "\n")
        for line in option.has {
            #expect(lines.contains { $0.hasPrefix(line) }, "\(line) in \(lines)")
        }
        for start in option.lacks {
            #expect(!lines.contains { $0.hasPrefix(start) || $0.contains("hidden@") }, "\(start)")
        }
    }

    @Test func `a delivery receipt asks the relay for a status notification`() async throws {
        let relay = try RealRelay.shared()
        let (trace, token) = try await send(#""returnReceiptTo":"return@tenant.test""#, relay)
        let sent = trace.steps.flatMap(\.lines).filter { $0.from == .us }.map(\.text)
        #expect(sent.contains { $0.contains("RET=HDRS") && $0.contains("ENVID=\(token)") })
        #expect(sent.contains { $0.contains("NOTIFY=SUCCESS,FAILURE,DELAY") })
        let (plain, _) = try await send("", relay)
        #expect(!plain.steps.flatMap(\.lines).contains { $0.text.contains("NOTIFY=") })
    }

    @Test func `REQUIRETLS is asked for where the profile says so`() async throws {
        let relay = try RealRelay.shared()
        let (trace, _) = try await send(#""requireTLS":true"#, relay)
        // Postfix does not offer it: then there is no mail.
        #expect(trace.outcome == .failed)
        #expect(trace.verdict.step == .sender)
    }

    @Test func `a signed and encrypted message comes through Postfix and is read by openssl`()
        async throws
    {
        let relay = try RealRelay.shared()
        let shop = try OpenSSLWorkshop()
        let mail =
            "keyUsage=critical,digitalSignature,keyEncipherment;extendedKeyUsage=emailProtection"
        try shop.authority("root")
        for name in ["ada", "anna"] { try shop.issue(name, by: "root", extensions: mail) }
        try shop.write(try shop.read("ada.key") + shop.read("ada.pem"), to: "own.pem")
        let sign = #""signEnabled":true,"signCertificate":{"file":"own.pem"}"#
        let encrypt = #""encryptEnabled":true,"encryptCertificate":[{"file":"anna.pem"}]"#
        let (trace, token) = try await send(sign, relay, shop)
        #expect(trace.outcome == .accepted)
        try shop.write(Self.wire(try await relay.delivered(token)), to: "signed.eml")
        try shop.run("cms -verify -in signed.eml -CAfile root.pem -purpose any -out text")
        #expect(try String(decoding: shop.read("text"), as: UTF8.self).contains(token))
        let (both, name) = try await send(
            "\(sign),\(encrypt),\"encryptAlgorithm\":\"aes256GCM\"",
            relay,
            shop
        )
        #expect(both.outcome == .accepted)
        let sealed = try await relay.delivered("<\(name)@")
        #expect(!String(decoding: sealed, as: UTF8.self).contains("This is a test email"))
        try shop.write(Self.wire(sealed), to: "sealed.eml")
        try shop.run("cms -decrypt -in sealed.eml -inkey anna.key -recip anna.pem -out inner.eml")
        try shop.run("cms -verify -in inner.eml -CAfile root.pem -purpose any -out text2")
        #expect(try String(decoding: shop.read("text2"), as: UTF8.self).contains(name))
    }

    /// With the line ends of the wire, where the mailbox has bare line feeds.
    private static func wire(_ mail: [UInt8]) -> [UInt8] {
        mail.flatMap { $0 == 0x0A ? [0x0D, 0x0A] : [$0] }
    }

    /// Sends a test as a profile with these fields would.
    private func send(
        _ fields: String,
        _ relay: RealRelay,
        _ shop: OpenSSLWorkshop? = nil
    ) async throws -> (Trace, String) {
        let port = try relay.value("STARTTLS_PORT")
        let own = fields.isEmpty ? "" : ",\(fields)"
        let text =
            #"{"host":"relay.test","port":\#(port),"tls":"startTLS","authentication":"none","#
            + #""fromAddress":"ada@tenant.test","heloName":"client.test"\#(own)}"#
        let file = try SettingsFile(JSON(parsing: Array(text.utf8))) { name in
            try shop?.read(name) ?? []
        }
        let settings = try file.effectiveSettings()
        var connection = settings.connection
        connection.trustedCertificates = try relay.settings("STARTTLS", tls: .startTLS)
            .trustedCertificates
        let token = UUID().uuidString
        let test = TestMessage(
            tenant: "Tenant",
            profile: settings.profileName,
            sender: "Ada",
            sentAt: MessageDate(secondsSince1970: 1_790_000_000),
            settings: [],
            token: token,
            options: settings.draft.message.options
        )
        let recipient = try Address(parsing: "anna@example.test")
        let message = test.message(
            from: settings.from,
            to: Mailbox(address: recipient),
            messageID: try MessageID(token: token, domain: "tenant.test")
        )
        let submission = try settings.submission(
            of: message,
            to: [recipient],
            envelopeID: token,
            at: MessageDate(secondsSince1970: Int64(Date.now.timeIntervalSince1970))
        )
        return (try await relay.run(connection, submission), token)
    }
}
