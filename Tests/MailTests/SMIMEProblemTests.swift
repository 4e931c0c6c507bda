import Cryptography
import Foundation
import Testing

@testable import Mail

/// What is refused, what is warned of, and what a trial tells.
@Suite(.certificates) struct SMIMEProblemTests {
    private static let now = MessageDate(secondsSince1970: Int64(Date().timeIntervalSince1970))

    private static let cases: [(String, SMIMEPurpose, [SMIMEProblem])] = [
        ("ada", .signing, []), ("ada", .encryption, []), ("grace", .signing, []),
        ("grace", .encryption, []), ("signer", .signing, []),
        ("signer", .encryption, [.notForEncryption]), ("reader", .encryption, []),
        ("reader", .signing, [.notForSigning]), ("any", .signing, []), ("any", .encryption, []),
        ("bare", .signing, []), ("bare", .encryption, []),
        ("server", .signing, [.notForEmail]), ("server", .encryption, [.notForEmail]),
        ("short", .signing, [.shortKey(bits: 1024)]), ("old", .signing, [.weakSignature("SHA1")]),
        ("pss", .signing, []),
        ("pss", .encryption, [.unsupportedKey("RSA for PSS only, 2048 bits")]),
        ("edward", .signing, [.unsupportedKey("ED25519")]),
        ("edward", .encryption, [.unsupportedKey("ED25519")]),
        ("middle", .signing, [.notForSigning]),
    ]

    @Test(arguments: cases)
    func `each certificate is judged for its use`(
        name: String,
        purpose: SMIMEPurpose,
        expected: [SMIMEProblem]
    ) throws {
        let certificate = try SMIMEFolder.here().certificate(name)
        let found = SMIMEProblem.problems(of: certificate, for: purpose, at: Self.now)
        #expect(found == expected)
    }

    @Test(arguments: cases.filter { $0.1 == .signing })
    func `what may sign signs, and what may not does not`(
        name: String,
        purpose: SMIMEPurpose,
        expected: [SMIMEProblem]
    ) throws {
        let identity = try SMIMEFolder.here().identity(name)
        let message = try Message.example()
        let protection = MessageProtection(
            signing: MessageProtection.Signing(identity: identity, digest: .sha512)
        )
        if let fatal = expected.first(where: \.isFatal) {
            #expect(throws: fatal) { try message.encoded(protectedBy: protection, at: Self.now) }
        } else {
            let mail = try message.encoded(protectedBy: protection, at: Self.now)
            let parts = mail.parts(boundary: "==_test-1")
            let checked = try CMS.verify(try parts[1].attachment(), of: parts[0])
            #expect(checked.signer == identity.certificate && checked.digest == .sha512)
            let name = try SMIMEFolder.here().write(mail)
            let opened = try SMIMEFolder.here().run(
                "openssl",
                "cms",
                "-verify",
                "-in",
                name,
                "-noverify"
            )
            #expect(opened.status == 0, "\(opened.errors)")
        }
    }

    @Test func `the calendar decides, to the second`() throws {
        let certificate = try SMIMEFolder.here().certificate("ada")
        let (first, last) = (certificate.notBefore, certificate.notAfter)
        func found(_ seconds: Int64) -> [SMIMEProblem] {
            let now = MessageDate(secondsSince1970: seconds)
            return SMIMEProblem.problems(of: certificate, for: .signing, at: now)
        }
        #expect(found(first).isEmpty && found(last).isEmpty)
        #expect(found(first - 1) == [.notYetValid(MessageDate(secondsSince1970: first))])
        #expect(found(last + 1) == [.expired(MessageDate(secondsSince1970: last))])
        let text = try #require(found(last + 1).first).userText
        #expect(text.contains(MessageDate(secondsSince1970: last).readableText))
    }

    @Test func `an address that the certificate does not name is warned of, with both`() throws {
        let folder = try SMIMEFolder.here()
        let recipients = try ["grace", "joan"].map { try folder.certificate($0) }
        let protection = MessageProtection(
            signing: MessageProtection.Signing(identity: try folder.identity("ada")),
            encryption: MessageProtection.Encryption(recipients: recipients)
        )
        let ada = try Address(parsing: "ADA@Example.com")
        let eve = try Address(parsing: "eve@example.com")
        let grace = try Address(parsing: "grace@example.org")
        #expect(protection.problems(from: ada, recipients: [grace], at: Self.now).isEmpty)
        let found = protection.problems(from: eve, recipients: [grace, eve], at: Self.now)
        #expect(
            found == [
                .addressMismatch(from: "eve@example.com", certificate: ["ada@example.com"]),
                .recipientNotCovered("eve@example.com"),
            ]
        )
        #expect(found.allSatisfy { !$0.isFatal })
        let text = found[0].userText
        #expect(text.contains("eve@example.com") && text.contains("ada@example.com"))
    }

    @Test func `what cannot be read is refused`() throws {
        let folder = try SMIMEFolder.here()
        let key = SecretBytes(try folder.bytes("ada.p8"))
        let der = try folder.bytes("ada.der")
        for broken in [[], [0x30], Array(der.dropLast()), der + [0], try folder.bytes("ada.pem")] {
            #expect(throws: SMIMEProblem.unreadable) {
                try SMIMEIdentity(certificate: broken, privateKey: key)
            }
        }
        #expect(throws: SMIMEProblem.unreadable) {
            try SMIMEIdentity(certificate: der, chain: [[1, 2, 3]], privateKey: key)
        }
        #expect(throws: SMIMEProblem.keyUnreadable) {
            try SMIMEIdentity(certificate: der, privateKey: SecretBytes([1, 2, 3]))
        }
        for other in ["joan", "grace"] {
            #expect(throws: SMIMEProblem.keyMismatch) {
                try SMIMEIdentity(
                    certificate: der,
                    privateKey: SecretBytes(try folder.bytes("\(other).p8"))
                )
            }
        }
        #expect(throws: SMIMEProblem.noRecipients) {
            try Message.example().encoded(
                protectedBy: MessageProtection(
                    encryption: MessageProtection.Encryption(recipients: [])
                ),
                at: Self.now
            )
        }
    }

    @Test func `a damaged message is refused and never crashes`() throws {
        let folder = try SMIMEFolder.here()
        let ada = try folder.identity("ada")
        let content = Array("Hello\r\n".utf8)
        let envelope = try CMS.encrypt(content, for: [ada.certificate], cipher: .aes256GCM)
        let signature = try CMS.sign(
            content,
            certificate: ada.certificate,
            key: ada.key,
            digest: .sha256,
            chain: [],
            attachCertificate: true,
            at: Self.now.seconds
        )
        #expect(throws: CMSError(.unreadableMessage, "cipher")) { try CMS.envelope(of: signature) }
        #expect(throws: CMSError(.unreadableMessage, "no signer")) {
            try CMS.verify(envelope, of: content)
        }
        for index in stride(from: 0, to: envelope.count, by: 3) {
            #expect(throws: CMSError.self) { try CMS.envelope(of: Array(envelope[..<index])) }
            var changed = envelope
            changed[index] ^= 0x55
            // Whatever it says, it must not open to something else.
            let opened = try? CMS.decrypt(changed, certificate: ada.certificate, key: ada.key)
            #expect(opened == nil || opened == content, "byte \(index)")
        }
        for index in stride(from: 0, to: signature.count, by: 3) {
            #expect(throws: CMSError.self) {
                try CMS.verify(Array(signature[..<index]), of: content)
            }
        }
        #expect(throws: CMSError(.unreadableMessage, "something follows it")) {
            try CMS.verify(signature + [0], of: content)
        }
    }

    @Test func `the signing trial tells what came out`() throws {
        let folder = try SMIMEFolder.here()
        let from = Mailbox(address: try Address(parsing: "ada@example.com"))
        var signing = MessageProtection.Signing(
            identity: try folder.identity("far", chain: ["middle"]),
            digest: .sha384
        )
        let trial = SMIMEVerification(of: signing, from: from, at: Self.now)
        #expect(trial.succeeded && trial.problems.isEmpty)
        #expect(trial.value("Digest") == "SHA-384")
        #expect(trial.value("Signer") == "CN=far,O=Grüner Verlag\\, Köln")
        #expect(trial.value("Issuer") == "CN=middle,O=Grüner Verlag\\, Köln")
        #expect(trial.value("Addresses") == "ada@example.com")
        #expect(trial.value("Key") == "EC, 256 bits")
        #expect(trial.value("Certificates in the message")?.hasPrefix("2,") == true)
        #expect(trial.value("Valid")?.contains(" until ") == true)
        signing.attachCertificate = false
        let bare = SMIMEVerification(of: signing, from: from, at: Self.now)
        #expect(bare.succeeded)
        #expect(bare.value("Certificates in the message")?.hasPrefix("No certificate") == true)
        signing.identity = try folder.identity("reader")
        let refused = SMIMEVerification(of: signing, from: from, at: Self.now)
        #expect(!refused.succeeded && refused.findings.isEmpty)
        #expect(refused.problems == [.notForSigning])
    }

    @Test func `the encryption trial names the recipients that it found`() throws {
        let folder = try SMIMEFolder.here()
        let encryption = MessageProtection.Encryption(
            recipients: try ["grace", "ada"].map { try folder.certificate($0) },
            cipher: .aes256GCM
        )
        let from = Mailbox(address: try Address(parsing: "ada@example.com"))
        let trial = SMIMEVerification(of: encryption, from: from, at: Self.now)
        #expect(trial.succeeded && trial.problems.isEmpty)
        #expect(trial.value("Algorithm") == "AES-256-GCM")
        let recipients = trial.findings.filter { $0.label == "Recipient" }.map(\.value)
        try #require(recipients.count == 2)
        #expect(recipients[0].hasPrefix("CN=grace,") && recipients[0].contains("grace@example.org"))
        #expect(recipients[1].hasPrefix("CN=ada,") && recipients[1].contains("RSA, 2048 bits"))
        #expect(trial.value("Result")?.contains("not here") == true)
    }

    @Test func `each problem has a code and a sentence of its own`() {
        let date = Self.now
        let problems: [SMIMEProblem] =
            [
                .unreadable, .expired(date), .notYetValid(date), .notForSigning, .notForEncryption,
                .notForEmail, .unsupportedKey("ED25519"), .keyUnreadable, .keyMismatch,
                .noRecipients, .weakSignature("MD5"), .shortKey(bits: 1024),
                .shortDigest("SHA-256", key: "EC, 384 bits"),
                .addressMismatch(from: "a@example.com", certificate: []),
                .recipientNotCovered("a@example.com"),
            ] + CMSError.Kind.allCases.map { .failed($0, "") }
        #expect(Set(problems.map(\.code)).count == problems.count)
        for problem in problems {
            #expect(problem.userText.hasSuffix(".") && !problem.userText.contains("\n"))
            #expect(problem.code.hasPrefix("smime."))
        }
    }
}

extension SMIMEVerification {
    fileprivate func value(_ label: String) -> String? {
        findings.first { $0.label == label }?.value
    }
}
