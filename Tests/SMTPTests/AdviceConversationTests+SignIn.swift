import Foundation
import Observability
import Testing

@testable import SMTP
@testable import Sockets

/// Proving who we are.
extension AdviceConversationTests {
    private static let offers: Script = "C: EHLO\nS: 250-relay.test"

    private static func offering(
        _ name: String,
        _ capability: String,
        _ authentication: Authentication,
        _ code: VerdictCode,
        _ words: String = "",
        adjust: @escaping @Sendable (inout ConnectionSettings) -> Void = { _ in }
    ) -> Case {
        Case(name, code, words, at: .authenticate) {
            let script =
                HostileRelayTests.greeting + offers
                + Script("S: 250 \(capability)\nC: QUIT\nS: 221 bye")
            return try await scripted(script) { settings in
                signingIn(authentication)(&settings)
                adjust(&settings)
            }
        }
    }

    static let signIn: [Case] = [
        offering("a password in the open", "AUTH PLAIN", .plain, .plaintextForbidden) {
            $0.allowPlaintextAuthentication = false
        },
        offering(
            "authentication only after TLS",
            "STARTTLS",
            .automatic,
            .authenticationNotOffered,
            "It offers STARTTLS"
        ),
        offering(
            "no authentication at all",
            "SIZE",
            .automatic,
            .authenticationNotOffered,
            "Port 25"
        ),
        offering(
            "a mechanism that is not in the list",
            "AUTH LOGIN",
            .cramMD5,
            .authenticationNotOffered,
            "{wanted}"
        ),
        offering(
            "only mechanisms that are not known here",
            "AUTH X-OWN",
            .automatic,
            .authenticationNotOffered,
            "only mechanisms"
        ),
        says("a wrong password", .password, "535 5.7.8 wrong", .authenticationRejected, "locked"),
        says(
            "authenticated SMTP switched off at Microsoft",
            .password,
            "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled",
            .authenticationDisabled,
            "Microsoft"
        ),
        says(
            "security defaults of Microsoft Entra",
            .password,
            "535 5.7.139 Authentication unsuccessful, user is locked by your organization's "
                + "security defaults policy.",
            .authenticationDisabled,
            "Microsoft"
        ),
        says(
            "basic authentication has ended at Microsoft",
            .password,
            "550 5.7.30 Basic authentication is not supported for Client Submission.",
            .authenticationDisabled,
            "Microsoft"
        ),
        says(
            "Microsoft does not know the password",
            .password,
            "535 5.7.3 Authentication unsuccessful [A.prod.outlook.com]",
            .authenticationRejected,
            "locked"
        ),
        says(
            "Microsoft's limit of connections",
            .password,
            "432 4.3.2 Concurrent connections limit exceeded",
            .tooManyConnections
        ),
        says(
            "an app password is wanted",
            .password,
            "534 5.7.9 Application-specific password required",
            .appPasswordRequired
        ),
        says(
            "Google wants a browser",
            .password,
            "534 5.7.14 Please log in via your web browser",
            .authenticationDisabled,
            "Google"
        ),
        says(
            "Google does not know the password",
            .password,
            "535 5.7.8 Username and Password not accepted, see ?p=BadCredentials",
            .authenticationRejected,
            "Google"
        ),
        says(
            "a mechanism that is too weak",
            .authenticate,
            "534 5.7.9 Authentication mechanism is too weak",
            .encryptionRequired,
            "this kind of authentication"
        ),
        says(
            "a mechanism that wants encryption",
            .authenticate,
            "538 5.7.11 not over this connection",
            .encryptionRequired,
            "this kind of authentication"
        ),
        says(
            "a directory that does not answer",
            .password,
            "454 4.7.0 Connection lost to authentication server",
            .authenticationTemporary
        ),
        says(
            "a mechanism that is not known",
            .authenticate,
            "504 5.7.4 Unrecognized authentication type",
            .authenticationMechanism,
            "although it may"
        ),
        signIn(
            "a challenge too many",
            .login,
            offering: "LOGIN",
            """
            C: AUTH LOGIN
            S: 334 VXNlcjo=
            C: dXNlcg==
            S: 334 UGFzczo=
            C: czNjcmV0
            S: 334 bW9yZQ==
            C: *
            S: 501 cancelled
            """,
            .authenticationMechanism,
            "does not have"
        ),
        signIn(
            "a challenge without a sense",
            .scramSHA256,
            offering: "SCRAM-SHA-256",
            "C: AUTH SCRAM-SHA-256 \nS: 334 bm9uc2Vuc2U=\nC: *\nS: 501 cancelled",
            .authenticationMechanism,
            "makes no sense"
        ),
        // r=x,s=QSXC,i=999999999
        signIn(
            "more rounds than anybody can compute",
            .scramSHA256,
            offering: "SCRAM-SHA-256",
            "C: AUTH SCRAM-SHA-256 \nS: 334 cj14LHM9UVNYQyxpPTk5OTk5OTk5OQ==\nC: *\nS: 501 no",
            .authenticationMechanism,
            "rounds"
        ),
        signIn(
            "success without a proof",
            .scramSHA256,
            offering: "SCRAM-SHA-256",
            "C: AUTH SCRAM-SHA-256 \nS: 235 welcome",
            .relayProof,
            "before it had proven"
        ),
        Case("a proof that is wrong", .relayProof, "could not prove", at: .authenticate) {
            try await ChannelBindingTests().run(ChannelBindingTests.both, .wrongProof).trace
        },
        signIn(
            "a password that SASLprep forbids",
            .cramMD5,
            offering: "CRAM-MD5",
            password: "bell\u{7}",
            "C: AUTH CRAM-MD5\nS: 334 PDFAcmVsYXkudGVzdD4=\nC: *\nS: 501 cancelled",
            .credentialsInvalid,
            "{mechanism} forbids"
        ),
        signIn(
            "a token that is none",
            .xoauth2,
            offering: "XOAUTH2",
            password: "two words",
            "",
            .credentialsInvalid,
            "access token"
        ),
        signIn(
            "a token that has expired",
            .xoauth2,
            offering: "XOAUTH2",
            """
            C: AUTH XOAUTH2 \("")
            S: 334 eyJzdGF0dXMiOiI0MDAifQ==
            C: \("")
            S: 535 5.7.8 no
            """,
            .tokenRejected,
            reply: "535 5.7.8 no"
        ),
        signIn(
            "a password that CRAM-MD5 cannot check",
            .cramMD5,
            offering: "CRAM-MD5",
            "C: AUTH CRAM-MD5\nS: 334 PDFAcmVsYXkudGVzdD4=\nC: \nS: 535 5.7.8 no",
            .authenticationRejected,
            "in a form that does",
            reply: "535 5.7.8 no"
        ),
        signIn(
            "a domain that knows no such user",
            .ntlm,
            offering: "NTLM",
            "C: AUTH NTLM\nS: 535 5.7.3 no",
            .authenticationRejected,
            "NTLM",
            reply: "535 5.7.3 no"
        ),
        Case("too many wait for other servers", .authenticationBusy, at: .authenticate) {
            let relay =
                HostileRelayTests.greeting + offers
                + "S: 250 AUTH SCRAM-SHA-256\nC: QUIT\nS: 221 bye"
            return try await scripted(
                relay,
                adjust: signingIn(.scramSHA256),
                change: { $0.blocking = BlockingPool(threads: 0, queueLimit: 0) }
            )
        },
        Case("NTLM without its library", .authenticationUnavailable, at: .authenticate) {
            try await withoutNTLM()
        },
    ]

    /// The command line, in a process that finds no mechanism of GSS-API but the built-in ones.
    private static func withoutNTLM() async throws -> Trace {
        let group = try EventLoopGroup(count: 1)
        defer { group.stop() }
        let loop = group.loops[0]
        return try await EventLoopGroup.run(on: loop) {
            let script =
                HostileRelayTests.greeting + offers
                + "S: 250 AUTH NTLM\nC: QUIT\nS: 221 bye"
            let relay = try ScriptedRelay([script], loop: loop)
            let serving = Task(executorPreference: loop) { await relay.serve() }
            let port = relay.address.port
            let output = try await blockingPool.run { try commandLine(port) }
            relay.stop()
            await serving.value
            #expect(relay.surprises.isEmpty, "\(relay.surprises)")
            return try Trace(jsonBytes: output)
        }
    }

    private static func commandLine(_ port: UInt16) throws -> [UInt8] {
        let file = FileManager.default.temporaryDirectory
            .appending(path: "settings-\(UUID().uuidString).json")
        let settings = """
            {"name":"Main","method":"smtp","host":"127.0.0.1","port":\(port),"tls":"none",
            "authentication":"ntlm","username":{"value":"user"},"password":{"value":"s3cret"},
            "fromAddress":"no-reply@tenant.test"}
            """
        try Data(settings.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }  // a file for tests
        let products = try #require(CommandLine.arguments.first).split(separator: "/").dropLast()
        let process = Process()
        process.executableURL = URL(
            filePath: "/" + products.joined(separator: "/") + "/sendproof"
        )
        process.arguments = ["test", "connection", "--settings", file.path, "--json"]
        process.environment = ["GSS_MECH_CONFIG": "/dev/null"]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let bytes = Array(output.fileHandleForReading.readDataToEndOfFile())
        process.waitUntilExit()
        return bytes
    }

    // MARK: - Kerberos

    static let kerberos: [Case] =
        KerberosTests.troubles.map { trouble in
            Case(trouble.username, trouble.code, at: .authenticate, isReal: true) {
                try await real("IMPLICIT", .implicit) { settings in
                    settings.authentication = .kerberos
                    settings.username = secret(trouble.username)
                    settings.timeoutSeconds = trouble.seconds
                }
            }
        } + [
            ticket("a wrong password at the KDC", .kerberosPasswordWrong) { settings in
                settings.username = secret("relay@SENDPROOF.TEST")
                settings.password = secret("wrong")
            },
            ticket("a relay that the KDC does not know", .kerberosServiceUnknown) { settings in
                settings.username = secret("relay@SENDPROOF.TEST")
                settings.host = try #require(Host("127.0.0.1"))
            },
            Case(
                "no ticket",
                .kerberosNoTicket,
                "no Kerberos ticket",
                at: .authenticate,
                isReal: true
            ) {
                try await HostTickets.alone { _ in try await hostSignIn() }
            },
            Case("an old ticket", .kerberosNoTicket, "has expired", at: .authenticate, isReal: true)
            {
                try await HostTickets.alone { tickets in
                    try tickets.installExpiredTicket()
                    return try await hostSignIn()
                }
            },
            ticketAtRelay(
                "a relay whose keytab is old",
                "S: 535 5.7.8 no",
                .authenticationRejected,
                "Kerberos gave",
                reply: "535 5.7.8 no"
            ),
            ticketAtRelay(
                "an answer to a ticket that is none",
                "S: 334 bm9uc2Vuc2U=\nC: *\nS: 501 cancelled",
                .kerberosFailed
            ),
        ]

    private static func ticket(
        _ name: String,
        _ code: VerdictCode,
        adjust: @escaping Adjust
    ) -> Case {
        Case(name, code, at: .authenticate, isReal: true) {
            try await real("IMPLICIT", .implicit) { settings in
                settings.authentication = .kerberos
                try adjust(&settings)
            }
        }
    }

    private static func hostSignIn() async throws -> Trace {
        try await real("IMPLICIT", .implicit) { settings in
            settings.authentication = .kerberos
            settings.username = nil
            settings.password = nil
        }
    }

    /// A real ticket, to a relay that plays `script` in answer to it.
    private static func ticketAtRelay(
        _ name: String,
        _ script: String,
        _ code: VerdictCode,
        _ words: String = "",
        reply: String? = nil
    ) -> Case {
        Case(name, code, words, at: .authenticate, reply: reply, isReal: true) {
            let password = try RealRelay.shared().value("PASSWORD")
            // A ticket is longer than the line of a command may be.
            let start =
                HostileRelayTests.greeting + offers
                + "S: 250 AUTH GSSAPI\nC: AUTH GSSAPI\nR: 334 \\r\\n\nC: YI"
            return try await scripted(start + Script(script + "\nC: QUIT\nS: 221 bye")) {
                $0.authentication = .kerberos
                $0.username = secret("relay@SENDPROOF.TEST")
                $0.password = secret(password)
                $0.timeoutSeconds = 20
            }
        }
    }
}
