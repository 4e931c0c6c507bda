import Foundation
import SASL
import Testing

@testable import SMTP
@testable import Sockets

@Suite struct AdviceTests {
    struct Case: Sendable {
        let step: StepName
        let reply: String
        let code: VerdictCode
        let field: String?
        let who: WhoCanFix

        init(
            _ step: StepName,
            _ reply: String,
            _ code: VerdictCode,
            _ field: String?,
            _ who: WhoCanFix = .administrator
        ) {
            self.step = step
            self.reply = reply
            self.code = code
            self.field = field
            self.who = who
        }
    }

    /// Words of real relays.
    static let words: [Case] = [
        Case(
            .authenticate,
            "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for "
                + "the Tenant. Visit https://aka.ms/smtp_auth_disabled [A.prod.outlook.com]",
            .authenticationDisabled,
            "authentication",
            .entraAdministrator
        ),
        Case(
            .authenticate,
            "535 5.7.139 Authentication unsuccessful, the user credentials were incorrect.",
            .authenticationRejected,
            "password"
        ),
        Case(
            .authenticate,
            "535 5.7.139 Authentication unsuccessful, user is locked by your organization's "
                + "security defaults policy.",
            .authenticationDisabled,
            "authentication",
            .entraAdministrator
        ),
        Case(
            .authenticate,
            "550 5.7.30 Basic authentication is not supported for Client Submission.",
            .authenticationDisabled,
            "authentication",
            .entraAdministrator
        ),
        Case(
            .authenticate,
            "535 5.7.3 Authentication unsuccessful [A.prod.outlook.com]",
            .authenticationRejected,
            "password"
        ),
        Case(
            .authenticate,
            "504 5.7.4 Unrecognized authentication type",
            .authenticationMechanism,
            "authentication"
        ),
        Case(
            .authenticate,
            "534 5.7.9 Application-specific password required. For more information, go to",
            .appPasswordRequired,
            "password"
        ),
        Case(
            .authenticate,
            "534 5.7.14 <https://accounts.google.com/signin/continue> Please log in via your web "
                + "browser and then try again.",
            .authenticationDisabled,
            "password"
        ),
        Case(
            .authenticate,
            "535 5.7.8 Username and Password not accepted. For more information, go to "
                + "https://support.google.com/mail/?p=BadCredentials",
            .authenticationRejected,
            "password"
        ),
        Case(
            .authenticate,
            "535 5.7.8 Error: authentication failed: UGFzc3dvcmQ6",
            .authenticationRejected,
            "password"
        ),
        Case(
            .authenticate,
            "538 5.7.11 Encryption required for requested authentication mechanism",
            .encryptionRequired,
            "tls"
        ),
        Case(
            .authenticate,
            "454 4.7.0 Temporary authentication failure: Connection lost to authentication server",
            .authenticationTemporary,
            nil,
            .mailAdministrator
        ),
        Case(
            .authenticate,
            "432 4.3.2 Concurrent connections limit exceeded. Visit https://aka.ms/concurrent",
            .tooManyConnections,
            nil,
            .mailAdministrator
        ),
        Case(
            .authenticate,
            "503 5.5.1 Error: authentication not enabled",
            .authenticationMechanism,
            "authentication"
        ),
        Case(
            .greeting,
            "421 4.7.66 TLS 1.0 and 1.1 are not supported.",
            .tlsProtocolVersion,
            "tls",
            .mailAdministrator
        ),
        Case(
            .sender,
            "530 5.7.57 Client not authenticated to send mail. [A.prod.outlook.com]",
            .authenticationRequired,
            "authentication"
        ),
        Case(
            .sender,
            "530 5.7.0 Authentication Required. For more information, go to",
            .authenticationRequired,
            "authentication"
        ),
        Case(
            .sender,
            "530 5.7.0 Must issue a STARTTLS command first",
            .encryptionRequired,
            "tls"
        ),
        Case(
            .sender,
            "552 5.3.4 Message size exceeds fixed limit",
            .sizeExceeded,
            nil,
            .mailAdministrator
        ),
        Case(
            .sender,
            "553 5.7.1 <a@b.test>: Sender address rejected: not owned by user relay",
            .senderNotAuthorized,
            "fromAddress",
            .mailAdministrator
        ),
        Case(
            .sender,
            "550 5.1.7 <a@b.test>... Sender domain must exist",
            .senderRejected,
            "fromAddress"
        ),
        Case(
            .recipient,
            "450 4.1.8 <a@b.test>: Sender address rejected: Domain not found",
            .senderRejected,
            "fromAddress"
        ),
        Case(
            .recipient,
            "554 5.7.1 <x@y.test>: Relay access denied",
            .relayDenied,
            "authentication",
            .mailAdministrator
        ),
        Case(
            .recipient,
            "550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain",
            .relayDenied,
            "authentication",
            .mailAdministrator
        ),
        Case(
            .recipient,
            "504 5.5.2 <x>: Helo command rejected: need fully-qualified hostname",
            .ehloRejected,
            "heloName"
        ),
        Case(
            .recipient,
            "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using "
                + "zen.spamhaus.org",
            .policyRejected,
            nil,
            .mailAdministrator
        ),
        Case(
            .recipient,
            "550 5.1.1 <x@y.test>: Recipient address rejected: User unknown in local table",
            .recipientUnknown,
            "recipient",
            .recipient
        ),
        Case(
            .recipient,
            "450 4.2.0 <x@y.test>: Recipient address rejected: Greylisted, see",
            .greylisted,
            nil,
            .mailAdministrator
        ),
        Case(
            .recipient,
            "451 4.7.1 Please try again later",
            .greylisted,
            nil,
            .mailAdministrator
        ),
        Case(
            .recipient,
            "452 4.2.2 The email account that you tried to reach is over quota",
            .mailboxFull,
            "recipient",
            .recipient
        ),
        Case(
            .recipient,
            "550 5.7.1 rejected by rule",
            .recipientRejected,
            "recipient",
            .mailAdministrator
        ),
        Case(
            .accepted,
            "550 5.7.60 SMTP; Client does not have permissions to send as this sender",
            .senderNotAuthorized,
            "fromAddress",
            .mailAdministrator
        ),
        Case(
            .accepted,
            "554 5.2.0 STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied",
            .senderNotAuthorized,
            "fromAddress",
            .mailAdministrator
        ),
        Case(
            .accepted,
            "550 5.7.26 This message does not pass authentication checks (SPF and DKIM both do "
                + "not pass)",
            .policyRejected,
            "fromAddress",
            .mailAdministrator
        ),
        Case(
            .accepted,
            "451 4.3.0 Error: queue file write error",
            .temporary,
            nil,
            .mailAdministrator
        ),
        Case(
            .accepted,
            "454 4.7.0 Throttling failure: Maximum sending rate exceeded.",
            .rateLimited,
            nil,
            .mailAdministrator
        ),
        Case(
            .accepted,
            "554 5.6.0 Message content invalid",
            .dataRejected,
            nil,
            .mailAdministrator
        ),
    ]

    private func situation() throws -> Situation {
        var settings = ConnectionSettings(
            host: try #require(Host("mail.example.com")),
            port: 587
        )
        settings.tls = .startTLS
        return Situation(
            settings: settings,
            submission: ScriptedRun("").submission,
            destination: SocketAddress(numeric: "192.0.2.1", port: 587)
                .map { Destination(address: $0, peer: settings.host) },
            heloName: HeloName("client.test"),
            addressCount: 1,
            failedAddresses: ["192.0.2.1"],
            isMessageAccepted: false
        )
    }

    @Test(arguments: words)
    func `the words of a relay get their verdict`(words: Case) throws {
        var parser = ReplyParser()
        parser.feed(Array((words.reply + "\r\n").utf8))
        let reply = try #require(try parser.next())
        let failure = Failure(step: words.step, reason: .reply(reply))
        let verdict = Advice.verdict(for: failure, in: try situation())
        #expect(verdict.code == words.code)
        #expect(verdict.field == words.field)
        #expect(verdict.whoCanFix == words.who)
        #expect(verdict.temporary || reply.code >= 500)
        #expect(verdict.reply?.code == reply.code)
    }

    @Test func `every sentence is complete and has its values`() throws {
        let values = try situation().values(for: nil)
        let more: Set<String> = [
            "subject", "issuer", "names", "notAfter", "notBefore", "detail", "reason", "limit",
            "length", "mechanism", "violation", "refused", "offered", "wanted", "exchanger",
            "family", "variable", "version", "complaint",
        ]
        for entry in Advice.allEntries {
            for text in [entry.cause, entry.advice] {
                #expect(text.hasSuffix(".") || text.hasSuffix("{reason}"), "\(text)")
                let names = text.split(separator: "{").dropFirst()
                    .map { String($0.prefix { $0 != "}" }) }
                for name in names { #expect(values[name] != nil || more.contains(name), "\(name)") }
            }
        }
    }

    @Test func `the documentation lists every verdict code and no other`() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../docs/verdicts.md")
        let text = try String(contentsOf: file, encoding: .utf8)
        let listed = text.split(separator: "\n").compactMap { line -> String? in
            guard line.hasPrefix("| `") else { return nil }
            return String(line.dropFirst(3).prefix { $0 != "`" })
        }
        let known = VerdictCode.allCases.map(\.rawValue)
        #expect(Set(known).subtracting(listed).isEmpty)
        #expect(Set(listed).subtracting(known).isEmpty)
        #expect(listed.count == Set(listed).count)
    }

    @Test func `the documentation says of every code who can fix it`() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../docs/verdicts.md")
        let rows = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        for code in Set(Advice.allEntries.map(\.code)) {
            let row = try #require(rows.first { $0.hasPrefix("| `\(code.rawValue)` |") })
            let said = row.split(separator: "|").last?.trimmingCharacters(in: .whitespaces)
            let who = Set(Advice.allEntries.filter { $0.code == code }.map(\.who))
            let named = WhoCanFix.allCases.filter(who.contains).map { "`\($0.rawValue)`" }
            #expect(said == named.joined(separator: ", "), "\(code.rawValue)")
        }
    }

    @Test func `every code has an entry, is a success, or is another module's`() {
        let used = Set(Advice.allEntries.map(\.code))
        let missing = VerdictCode.allCases.filter {
            let words = $0.rawValue
            return !used.contains($0)
                && !["oauth.", "provider.", "graph."].contains { words.hasPrefix($0) }
        }
        #expect(
            missing == [
                .connected, .accepted, .workerLost, .credentialsUnusable, .settingsUnreadable,
                .smimeFailed, .emailDisabled, .unfinished,
            ]
        )
    }

    @Test func `silence on the port for implicit TLS says so`() throws {
        var settings = try situation().settings
        settings.port = 465
        let situation = Situation(
            settings: settings,
            submission: nil,
            destination: nil,
            heloName: nil,
            addressCount: 1,
            failedAddresses: [],
            isMessageAccepted: false
        )
        let failure = Failure(step: .greeting, reason: .connection(.timedOut))
        #expect(Advice.verdict(for: failure, in: situation).code == .tlsTLSExpected)
    }

    @Test(arguments: Authentication.allCases.filter { $0 != .none && $0 != .automatic })
    func `each way to sign in has a command that shows it`(authentication: Authentication) throws {
        var settings = try situation().settings
        settings.authentication = authentication
        settings.username = secret("user")
        settings.password = secret("s3cret")
        let commands = Reproduction.commands(for: settings).joined(separator: "; ")
        let mechanism = try #require(authentication.mechanisms.last)
        #expect(commands.contains(mechanism.name))
        #expect(!commands.contains("s3cret"))
    }

    @Test func `commands that show the same hold no password and are quoted`() throws {
        var settings = try situation().settings
        settings.authentication = .plain
        settings.username = secret("user")
        settings.password = secret("s3cret")
        let commands = Reproduction.commands(
            for: settings,
            sender: "a@b.test",
            recipient: "o'neil@b.test"
        )
        #expect(
            commands == [
                "dig +short mail.example.com A mail.example.com AAAA",
                "openssl s_client -connect mail.example.com:587 -servername mail.example.com "
                    + "-verify_hostname mail.example.com -starttls smtp -showcerts",
                "swaks --server mail.example.com --port 587 --timeout 30 --tls --tls-verify "
                    + "--auth PLAIN --auth-user USERNAME --from a@b.test --to 'o'\\''neil@b.test'",
            ]
        )
    }
}
