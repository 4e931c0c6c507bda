import Foundation
import TestCertificates
import TestServers
import Testing

@testable import SMTP
@testable import Sockets

/// Encryption, and the conversation up to the sign-in.
extension AdviceConversationTests {
    private static let ownAuthority = Result { try Authority() }

    /// Implicit TLS with a certificate of ours; `adjust` comes after the authority is trusted.
    private static func certificate(
        _ name: String,
        _ code: VerdictCode,
        _ identity: @escaping @Sendable (Authority) throws -> Authority.Identity,
        adjust: @escaping @Sendable (inout ConnectionSettings) -> Void = { _ in }
    ) -> Case {
        Case(name, code, at: .tls) {
            let authority = try ownAuthority.get()
            let identity = try identity(authority)
            return try await scripted("! tls\n! hold", identity: identity) { settings in
                settings.tls = .implicit
                settings.trustedCertificates = authority.certificatePEM
                adjust(&settings)
            }
        }
    }

    /// Plain bytes where TLS should begin.
    private static func implicit(
        _ name: String,
        _ script: String,
        _ code: VerdictCode,
        _ words: String = ""
    ) -> Case {
        Case(name, code, words, at: .tls) {
            try await scripted(Script(script)) { settings in
                settings.tls = .implicit
                settings.timeoutSeconds = 1
            }
        }
    }

    private static func startTLS(
        _ name: String,
        _ script: String,
        _ code: VerdictCode,
        _ words: String = "",
        reply: String? = nil
    ) -> Case {
        Case(name, code, words, at: .startTLS, reply: reply) {
            try await scripted(HostileRelayTests.startTLSOffered + Script(script)) { settings in
                settings.tls = .startTLS
                settings.timeoutSeconds = 1
            }
        }
    }

    private static let hostNames = ["DNS:relay.test"]

    static let certificates: [Case] = [
        certificate("a certificate that is its own issuer", .tlsSelfSigned) { _ in
            try Authority.selfSigned(names: hostNames)
        },
        certificate("an authority that nobody knows", .tlsUntrusted) { _ in
            try Authority(name: "Stranger").issue(names: hostNames)
        },
        certificate("an expired certificate", .tlsExpired) {
            try $0.issue(names: hostNames, validity: -86_400 ... -60)
        },
        certificate("a certificate of tomorrow", .tlsNotYetValid) {
            try $0.issue(names: hostNames, validity: 3600...86_400)
        },
        certificate("another host's certificate", .tlsHostName) {
            try $0.issue(names: ["DNS:elsewhere.test"])
        },
        certificate("a certificate for clients", .tlsInvalid) {
            try $0.issue(names: hostNames, usage: "clientAuth")
        },
        certificate("another key than the pinned one", .tlsPinnedKey) {
            try $0.issue(names: hostNames)
        } adjust: {
            $0.pinnedKey = [UInt8](repeating: 7, count: 32)
        },
        Case("a key that is too short", .tlsWeak, at: .tls) {
            let authority = try ownAuthority.get()
            let weak = try authority.issue(names: hostNames, weakKey: true)
            return try await secureServer(["-cipher", "ALL:@SECLEVEL=0"], weak) { settings in
                settings.trustedCertificates = authority.certificatePEM
            }
        },
        Case("TLS 1.1 at most", .tlsProtocolVersion, "{version}", at: .tls) {
            let identity = try ownAuthority.get().issue(names: hostNames)
            return try await secureServer(["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"], identity)
        },
        implicit("plain SMTP where TLS should be", "S: 220 r ESMTP\n! hold", .tlsPlainExpected),
        implicit(
            "no version in common",
            "R: \\x15\\x03\\x03\\x00\\x02\\x02\\x46\n! hold",
            .tlsProtocolVersion,
            "neither TLS 1.2"
        ),
        implicit("nothing in answer to the hello", "! hold", .tlsTimeout, "may speak plain"),
        implicit("closed during the handshake", "C: \n! close", .tlsHandshake, "closed"),
        implicit(
            "a handshake that the relay refuses",
            "R: \\x15\\x03\\x03\\x00\\x02\\x02\\x28\n! hold",
            .tlsHandshake,
            "did not complete"
        ),
        Case("STARTTLS not offered", .startTLSNotOffered, at: .startTLS) {
            try await scripted(HostileRelayTests.start + "C: QUIT\nS: 221 bye") {
                $0.tls = .startTLS
            }
        },
        startTLS(
            "STARTTLS refused",
            "C: STARTTLS\nS: 454 4.7.0 no TLS now\nC: QUIT\nS: 221 bye",
            .startTLSRefused,
            reply: "454 4.7.0 no TLS now"
        ),
        startTLS(
            "words between STARTTLS and the handshake",
            "C: STARTTLS\nR: 220 go\\r\\n250 injected\\r\\n",
            .injectedPlaintext
        ),
        startTLS(
            "plain text after STARTTLS",
            "C: STARTTLS\nS: 220 go\nC: \nS: 500 what",
            .tlsHandshake,
            "went on in plain text"
        ),
        startTLS(
            "a handshake that does not end",
            "C: STARTTLS\nS: 220 go\n! hold",
            .tlsTimeout,
            "was not finished"
        ),
        says(
            "a client certificate is wanted",
            .ehlo,
            "421 4.7.1 relay.test Error: No client certificate presented",
            .tlsClientCertificateRequired
        ),
        says(
            "a client certificate that is not trusted",
            .ehlo,
            "421 4.7.1 relay.test Error: Client certificate not trusted",
            .tlsClientCertificateRejected
        ),
        says(
            "Microsoft refuses the version of TLS",
            .greeting,
            "421 4.7.66 TLS 1.0 and 1.1 are not supported.",
            .tlsProtocolVersion,
            "Microsoft 365"
        ),
    ]

    /// `openssl s_server`, where a server of ours would refuse such a certificate or version.
    private static func secureServer(
        _ options: [String],
        _ identity: Authority.Identity,
        adjust: (inout ConnectionSettings) -> Void = { _ in }
    ) async throws -> Trace {
        let path = FileManager.default.temporaryDirectory
            .appending(path: "s_server-\(UUID().uuidString).pem").path
        try Data(identity.certificatePEM + identity.keyPEM).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }  // a file for tests
        let port = try LoopbackProcess.freePort()
        let server = try LoopbackProcess(
            [
                "/usr/bin/openssl", "s_server", "-accept", "127.0.0.1:\(port)", "-cert", path,
                "-key", path, "-www",
            ] + options,
            port: port
        )
        defer { withExtendedLifetime(server) {} }
        return try await reach([numeric("127.0.0.1", port)]) { settings in
            settings.tls = .implicit
            settings.timeoutSeconds = 20
            adjust(&settings)
        }
    }

    // MARK: - Greeting and EHLO

    static let conversation: [Case] = [
        Case("no greeting", .greetingTimeout, at: .greeting) {
            try await scripted("! hold") { $0.timeoutSeconds = 1 }
        },
        Case("a TLS alert in place of a greeting", .tlsTLSExpected, at: .greeting) {
            try await scripted("R: \\x15\\x03\\x01\\x00\\x02\\x02\\x28\n! close")
        },
        Case("IMAP in place of SMTP", .notSMTP, at: .greeting) {
            try await scripted("S: * OK IMAP4rev1 ready")
        },
        Case("lines that end with LF", .protocolViolation, "{violation}", at: .greeting) {
            try await scripted("R: 220 relay.test\\n")
        },
        Case("closed without a word", .closed, at: .ehlo) {
            try await scripted(HostileRelayTests.greeting + "C: EHLO\n! close")
        },
        Case("no answer to EHLO", .timeout, at: .ehlo) {
            try await scripted(HostileRelayTests.greeting + "C: EHLO\n! hold") {
                $0.timeoutSeconds = 1
            }
        },
        says("busy at the greeting", .greeting, "421 4.3.2 busy", .temporary, "no connections"),
        says("the address is not welcome", .greeting, "554 5.7.1 go away", .greetingRefused),
        says(
            "the HELO name is not welcome",
            .ehlo,
            "504 5.5.2 <x>: need a fully-qualified hostname",
            .ehloRejected
        ),
        says("busy at EHLO", .ehlo, "451 4.3.0 not now", .temporary, "refused for the moment"),
        says("354 in answer to EHLO", .ehlo, "354 go on", .protocolViolation, "does not fit"),
    ]
}
