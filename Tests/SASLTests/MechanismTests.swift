import COpenSSL
import Observability
import Testing

@testable import SASL

@Suite struct MechanismTests {
    private func exchange(
        _ mechanism: SASLMechanism,
        username: String = "user",
        password: String = "pencil",
        host: String = "elwood.innosoft.com"
    ) -> SASLExchange {
        SASLExchange(
            mechanism,
            SASLIdentity(
                username: Redacted(Array(username.utf8)),
                password: Redacted(Array(password.utf8)),
                host: host,
                port: 587
            )
        )
    }

    private func text(_ step: SASLExchange.Step) -> String? {
        step.response?.reveal { String(decoding: $0, as: UTF8.self) }
    }

    @Test func `CRAM-MD5 gives the example of RFC 2195`() throws {
        let exchange = exchange(.cramMD5, username: "tim", password: "tanstaaftanstaaf")
        #expect(text(try exchange.start()) == nil)
        let challenge = "<1896.697170952@postoffice.reston.mci.net>"
        let step = try exchange.respond(to: Array(challenge.utf8))
        #expect(text(step) == "tim b913a602c7eda7a495b4e6e7334d3890")
        #expect(step.isComplete)
    }

    @Test func `PLAIN sends UTF-8 as it is and no authorisation identity`() throws {
        let step = try exchange(.plain, username: "jörg", password: "Ⅸ Wörd").start()
        #expect(text(step) == "\0jörg\0Ⅸ Wörd")
        #expect(step.isComplete)
    }

    @Test func `the forms of OAuth are those of Google, Microsoft and RFC 7628`() throws {
        let google = exchange(.xoauth2, username: "a@b.test", password: "tok.en", host: "h.test")
        #expect(text(try google.start()) == "user=a@b.test\u{1}auth=Bearer tok.en\u{1}\u{1}")
        #expect(text(try google.respond(to: Array("{}".utf8))) == "")
        let standard = exchange(.oauthBearer, username: "a=,b", password: "tok", host: "h.test")
        #expect(
            text(try standard.start())
                == "n,a=a=3D=2Cb,\u{1}host=h.test\u{1}port=587\u{1}auth=Bearer tok\u{1}\u{1}"
        )
        #expect(text(try standard.respond(to: Array("{}".utf8))) == "\u{1}")
        #expect(text(try standard.respond(to: Array("{}".utf8))) == nil)
    }

    @Test(arguments: ["", "two words", "line\n", "tok\u{1}auth=other", "tökén"])
    func `a token that could carry another field is not sent`(token: String) {
        for mechanism in [SASLMechanism.xoauth2, .oauthBearer] {
            #expect(throws: SASLError(.tokenUnusable)) {
                try exchange(mechanism, password: token).start()
            }
        }
    }

    @Test(arguments: [
        (SASLMechanism.scramSHA1, "i=999999999"), (.scramSHA256, "i=99999999999999999999999"),
    ])
    func `SCRAM does not work for a relay that asks for too much`(
        mechanism: SASLMechanism,
        iterations: String
    ) throws {
        let exchange = exchange(mechanism)
        let first = try #require(text(try exchange.start()))
        let nonce = try #require(first.split(separator: "r=").last)
        let challenge = "r=\(nonce)xyz,s=QSXCR+Q6sek8bf92,\(iterations)"
        #expect(throws: SASLError(.tooMuchWork)) {
            try exchange.respond(to: Array(challenge.utf8))
        }
    }

    @Test func `a relay that cannot prove that it knows the password is found out`() throws {
        let exchange = exchange(.scramSHA256)
        let first = try #require(text(try exchange.start()))
        #expect(first.hasPrefix("n,,n=user,r="))
        let nonce = try #require(first.split(separator: "r=").last)
        let challenge = "r=\(nonce)xyz,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
        let step = try exchange.respond(to: Array(challenge.utf8))
        #expect(text(step)?.contains(",p=") == true)
        #expect(!step.isComplete)
        #expect(throws: SASLError(.relayProofWrong, detail: "GSASL_AUTHENTICATION_ERROR")) {
            try exchange.respond(
                to: Array("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=".utf8)
            )
        }
    }

    @Test func `characters that SASLprep forbids are told before anything is sent`() throws {
        let exchange = exchange(.cramMD5, password: "bell\u{7}")
        _ = try exchange.start()
        #expect(throws: SASLError(.credentialsUnusable, detail: "GSASL_SASLPREP_ERROR")) {
            try exchange.respond(to: Array("<1@relay.test>".utf8))
        }
    }

    @Test(.enabled(if: GSSContext.knowsNTLM, "gss-ntlmssp is not installed"))
    func `NTLM answers with version 2`() throws {
        let exchange = exchange(.ntlm, username: #"RELAY\anna"#, password: "s3cret Wörd")
        let negotiate = try #require(try exchange.start().response?.reveal { $0 })
        #expect(negotiate.starts(with: Array("NTLMSSP\0\u{1}\0\0\0".utf8)))
        // [MS-NLMP], section 2.2.1.2, as Cyrus writes it: a name, Unicode and NTLM, a challenge.
        let name = Array("R\0E\0L\0A\0Y\0".utf8)
        var challenge = Array("NTLMSSP\0\u{2}\0\0\0".utf8)
        challenge += [10, 0, 10, 0, 48, 0, 0, 0] as [UInt8]
        challenge += [0x05, 0x82, 0x02, 0x00, 1, 2, 3, 4, 5, 6, 7, 8] as [UInt8]
        challenge += [UInt8](repeating: 0, count: 16) + name
        let step = try exchange.respond(to: challenge)
        let answer = try #require(step.response?.reveal { $0 })
        #expect(answer.starts(with: Array("NTLMSSP\0\u{3}\0\0\0".utf8)))
        // Section 2.2.1.3: the length of the NT response, 24 bytes in version 1.
        #expect(Int(answer[20]) + Int(answer[21]) << 8 > 24)
        #expect(step.isComplete)
    }

    /// Debian has no server that takes such a password (Cyrus SASL widens bytes), so the proof is
    /// computed here, as [MS-NLMP], section 3.3.2 says.
    @Test(.enabled(if: GSSContext.knowsNTLM, "gss-ntlmssp is not installed"))
    func `NTLM takes user name and password as UTF-16, whatever their letters`() throws {
        let exchange = exchange(.ntlm, username: #"RELAY\jörg"#, password: "s3cret Wörd")
        _ = try exchange.start()
        let challenge: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8]
        let step = try exchange.respond(to: Self.ntlmChallenge(challenge))
        let answer = try #require(step.response?.reveal { $0 })
        let response = try Self.field(20, of: answer)
        #expect(try Self.field(36, of: answer) == Self.utf16("jörg"))
        #expect(try Self.field(28, of: answer) == Self.utf16("RELAY"))
        let (proof, blob) = (Array(response.prefix(16)), Array(response.dropFirst(16)))
        // MD4 of "s3cret Wörd" in UTF-16LE.
        let hash: [UInt8] = [
            0xC8, 0xFC, 0xB7, 0x38, 0xF7, 0xA0, 0x00, 0x77, 0x14, 0x3A, 0x7E, 0xF3, 0xB3, 0xFD,
            0xEC, 0xDC,
        ]
        let key = Self.hmacMD5(hash, Self.utf16("JÖRG") + Self.utf16("RELAY"))
        #expect(proof == Self.hmacMD5(key, challenge + blob))
    }

    /// [MS-NLMP], section 2.2.1.2: as a domain's server writes it, with a time.
    private static func ntlmChallenge(_ challenge: [UInt8]) -> [UInt8] {
        let name = utf16("RELAY")
        let target: [UInt8] = [2, 0, UInt8(name.count), 0] + name + [0, 0, 0, 0]
        var bytes = Array("NTLMSSP\0\u{2}\0\0\0".utf8)
        bytes += [UInt8(name.count), 0, UInt8(name.count), 0, 48, 0, 0, 0]
        bytes += [0x05, 0x82, 0x82, 0x00] + challenge + [UInt8](repeating: 0, count: 8)
        bytes += [UInt8(target.count), 0, UInt8(target.count), 0, 48 + UInt8(name.count), 0, 0, 0]
        return bytes + name + target
    }

    /// What a field of a message (length, room, offset) points to.
    private static func field(_ start: Int, of message: [UInt8]) throws -> [UInt8] {
        let length = Int(message[start]) + Int(message[start + 1]) << 8
        let offset = Int(message[start + 4]) + Int(message[start + 5]) << 8
        try #require(offset + length <= message.count)
        return Array(message[offset..<(offset + length)])
    }

    private static func utf16(_ text: String) -> [UInt8] {
        text.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
    }

    private static func hmacMD5(_ key: [UInt8], _ message: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 16)
        var count: UInt32 = 16
        HMAC(EVP_md5(), key, Int32(key.count), message, message.count, &digest, &count)
        return digest
    }

    @Test func `without a ticket, a keytab or a password Kerberos says so`() {
        let exchange = SASLExchange(
            .gssapi,
            SASLIdentity(username: nil, password: nil, host: "relay.test", port: 25)
        )
        #expect(throws: SASLError.self) { try exchange.start() }
    }
}
