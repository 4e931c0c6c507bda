import Cryptography
import Foundation
import Testing

@testable import Mail

/// Messages of ours, read by OpenSSL's `cms` and by GnuPG's `gpgsm`.
@Suite(.certificates) struct SMIMETests {
    private static let now = MessageDate(secondsSince1970: Int64(Date().timeIntervalSince1970))

    private struct Signed: CustomTestStringConvertible, Sendable {
        let name: String
        let digest: CMS.Digest
        let isAttached: Bool
        var testDescription: String { "\(name) \(digest) \(isAttached)" }
    }

    private static let signatures = ["ada", "grace", "kim"].flatMap { name in
        CMS.Digest.allCases.flatMap { digest in
            [true, false].map { Signed(name: name, digest: digest, isAttached: $0) }
        }
    }

    private static let texts: [(text: String, html: String?)] = [
        ("Hello\n", nil), ("", nil), ("\n\n", nil), ("no line end", nil),
        ("Grüße aus Köln \n-- \nFrom here\n.\n--==_test-1\n", "<p>Grüße</p>\n"),
        (String(repeating: "語", count: 2000), String(repeating: "<p>long ", count: 1000)),
    ]

    private func protection(_ signed: Signed) throws -> MessageProtection {
        MessageProtection(
            signing: MessageProtection.Signing(
                identity: try SMIMEFolder.here().identity(signed.name),
                digest: signed.digest,
                attachCertificate: signed.isAttached
            )
        )
    }

    @Test(arguments: signatures)
    private func `OpenSSL and GnuPG find every signature good`(signed: Signed) throws {
        let folder = try SMIMEFolder.here()
        let message = try Message.example(text: "Grüße \n", html: "<p>Grüße</p>\n")
        let mail = try message.encoded(protectedBy: protection(signed), at: Self.now)
        let parts = mail.parts(boundary: "==_test-1")
        try #require(parts.count == 2)

        let name = try folder.write(mail)
        let opened = try folder.run(
            "openssl",
            "cms",
            "-verify",
            "-in",
            name,
            "-CAfile",
            "ca.pem",
            "-certfile",
            signed.isAttached ? "ca.pem" : "\(signed.name).pem"
        )
        #expect(opened.status == 0, "\(opened.errors)")
        #expect(opened.output == parts[0])

        let signature = try folder.write(parts[1].attachment())
        let content = try folder.write(parts[0])
        let checked = try folder.run("gpgsm", "--batch", "--verify", signature, content)
        // GnuPG calls it good and then fails: the digest is shorter than the key.
        let isShort = signed.name == "kim" && signed.digest == .sha256
        #expect((checked.status == 0) == !isShort, "\(checked.errors)")
        #expect(checked.errors.contains("Good signature"))
        let problems = try protection(signed).problems(from: message.from.address, at: Self.now)
        #expect(problems.contains { $0.code == "smime.shortDigest" } == isShort)

        let brought = try folder.run(
            "openssl",
            "cms",
            "-cmsout",
            "-print",
            "-inform",
            "DER",
            "-in",
            signature
        ).text
        #expect(brought.contains("algorithm: \(signed.digest.rawValue) "))
        #expect(brought.contains("d.certificate") == signed.isAttached)
    }

    @Test(arguments: texts.indices)
    func `the signature survives a mailbox with bare line feeds`(index: Int) throws {
        let folder = try SMIMEFolder.here()
        let message = try Message.example(
            text: Self.texts[index].text,
            html: Self.texts[index].html
        )
        let protection = try protection(Signed(name: "ada", digest: .sha256, isAttached: true))
        let mail = try message.encoded(protectedBy: protection, at: Self.now)
        let lines = try mail.checkedLines()
        #expect(lines.allSatisfy { $0.utf8.count <= 78 && $0.utf8.last != UInt8(ascii: " ") })
        #expect(mail.allSatisfy { $0 < 0x80 })
        for stored in [mail, mail.filter { $0 != 13 }] {
            let name = try folder.write(stored)
            let opened = try folder.run(
                "openssl",
                "cms",
                "-verify",
                "-in",
                name,
                "-CAfile",
                "ca.pem"
            )
            #expect(opened.status == 0, "\(opened.errors)")
        }
    }

    @Test func `a changed message has no valid signature`() throws {
        let folder = try SMIMEFolder.here()
        let protection = try protection(Signed(name: "ada", digest: .sha256, isAttached: true))
        let message = try Message.example(text: "Pay 100 to Ada\n", html: nil)
        let mail = try message.encoded(protectedBy: protection, at: Self.now)
        let text = String(decoding: mail, as: UTF8.self)
        let changed = Array(text.replacing("Pay 100", with: "Pay 900").utf8)
        #expect(changed != mail)
        let name = try folder.write(changed)
        let opened = try folder.run("openssl", "cms", "-verify", "-in", name, "-CAfile", "ca.pem")
        #expect(opened.status != 0)

        let parts = changed.parts(boundary: "==_test-1")
        let signature = try parts[1].attachment()
        #expect(throws: CMSError.self) { try CMS.verify(signature, of: parts[0]) }
        let original = mail.parts(boundary: "==_test-1")[0]
        #expect(try CMS.verify(signature, of: original).digest == .sha256)
        let files = try [signature, parts[0]].map { try folder.write($0) }
        #expect(try folder.run("gpgsm", "--batch", "--verify", files[0], files[1]).status != 0)
    }

    @Test func `the chain travels with the signature`() throws {
        let folder = try SMIMEFolder.here()
        for (chain, isComplete) in [(["middle"], true), ([], false)] {
            let identity = try folder.identity("far", chain: chain)
            let protection = MessageProtection(
                signing: MessageProtection.Signing(identity: identity)
            )
            let mail = try Message.example().encoded(protectedBy: protection, at: Self.now)
            let name = try folder.write(mail)
            let opened = try folder.run(
                "openssl",
                "cms",
                "-verify",
                "-in",
                name,
                "-CAfile",
                "ca.pem"
            )
            #expect((opened.status == 0) == isComplete, "\(opened.errors)")
        }
    }

    @Test(arguments: CMS.Cipher.allCases, [["ada"], ["grace"], ["kim"], ["ada", "grace", "joan"]])
    func `OpenSSL decrypts for every recipient`(cipher: CMS.Cipher, names: [String]) throws {
        let folder = try SMIMEFolder.here()
        let protection = MessageProtection(
            encryption: MessageProtection.Encryption(
                recipients: try names.map { try folder.certificate($0) },
                cipher: cipher
            )
        )
        let message = try Message.example(text: "Grüße \n")
        let mail = try message.encoded(protectedBy: protection, at: Self.now)
        #expect(try mail.checkedLines().allSatisfy { $0.utf8.count <= 78 })
        let name = try folder.write(mail)
        for recipient in names {
            let opened = try folder.run(
                "openssl",
                "cms",
                "-decrypt",
                "-in",
                name,
                "-recip",
                "\(recipient).pem",
                "-inkey",
                "\(recipient).key"
            )
            #expect(opened.status == 0, "\(opened.errors)")
            #expect(opened.output == message.entity.bytes)
        }
        let envelope = try mail.attachment()
        let read = try CMS.envelope(of: envelope)
        #expect(read.cipher == cipher && read.recipients.count == names.count)
        let stranger = try folder.identity("far")
        #expect(throws: CMSError(.notARecipient)) {
            try CMS.decrypt(envelope, certificate: stranger.certificate, key: stranger.key)
        }
        let reader = try folder.identity(names[0])
        let content = try CMS.decrypt(envelope, certificate: reader.certificate, key: reader.key)
        #expect(content == message.entity.bytes)
        if cipher != .aes256GCM, names.contains("ada") {
            let file = try folder.write(envelope)
            let opened = try folder.decryptWithGnuPG(file)
            #expect(opened.status == 0, "\(opened.errors)")
            #expect(opened.output == message.entity.bytes)
        }
    }

    @Test func `a changed GCM message is noticed`() throws {
        let folder = try SMIMEFolder.here()
        let ada = try folder.identity("ada")
        let content = [UInt8](repeating: 65, count: 1000)
        var envelope = try CMS.encrypt(content, for: [ada.certificate], cipher: .aes256GCM)
        #expect(try CMS.decrypt(envelope, certificate: ada.certificate, key: ada.key) == content)
        envelope[envelope.count - 100] ^= 1
        #expect(throws: CMSError.self) {
            try CMS.decrypt(envelope, certificate: ada.certificate, key: ada.key)
        }
    }

    @Test(arguments: CMS.Cipher.allCases)
    func `what is signed and then encrypted is decrypted and then checked`(
        cipher: CMS.Cipher
    ) throws {
        let folder = try SMIMEFolder.here()
        var protection = try protection(Signed(name: "grace", digest: .sha384, isAttached: true))
        protection.encryption = MessageProtection.Encryption(
            recipients: [try folder.certificate("ada")],
            cipher: cipher
        )
        let message = try Message.example()
        let name = try folder.write(try message.encoded(protectedBy: protection, at: Self.now))
        let opened = try folder.run(
            "openssl",
            "cms",
            "-decrypt",
            "-in",
            name,
            "-recip",
            "ada.pem",
            "-inkey",
            "ada.key"
        )
        #expect(opened.status == 0, "\(opened.errors)")
        let inner = try folder.write(opened.output)
        let checked = try folder.run("openssl", "cms", "-verify", "-in", inner, "-CAfile", "ca.pem")
        #expect(checked.status == 0, "\(checked.errors)")
        #expect(checked.output == message.entity.bytes)
    }

    @Test func `the structure is what RFC 8551 says`() throws {
        let folder = try SMIMEFolder.here()
        var message = try Message.example()
        message.options.organization = try HeaderText(parsing: "Grüner Verlag")
        let signing = MessageProtection.Signing(
            identity: try folder.identity("ada"),
            digest: .sha512
        )
        let recipients = [try folder.certificate("ada")]
        let cases = [
            MessageProtection(signing: signing),
            MessageProtection(encryption: .init(recipients: recipients, cipher: .aes128CBC)),
            MessageProtection(
                signing: signing,
                encryption: .init(recipients: recipients, cipher: .aes256GCM)
            ),
            MessageProtection(),
        ]
        let expected = [
            "multipart/signed; protocol=\"application/pkcs7-signature\"; micalg=sha-512;"
                + " boundary=\"==_test-1\"",
            "application/pkcs7-mime; smime-type=enveloped-data; name=\"smime.p7m\"",
            "application/pkcs7-mime; smime-type=authEnveloped-data; name=\"smime.p7m\"",
            "multipart/alternative; boundary=\"=_test-1\"",
        ]
        for (protection, type) in zip(cases, expected) {
            let mail = try message.encoded(protectedBy: protection, at: Self.now)
            let lines = try mail.checkedLines().prefix { !$0.isEmpty }
            let preview = message.headerPreview(protectedBy: protection)
            #expect(preview.flatMap(\.lines) == Array(lines))
            #expect(
                preview.first { $0.name == "Content-Type" }?.unfolded == "Content-Type: \(type)"
            )
            #expect(preview.contains { $0.name == "Organization" })
        }
        #expect(
            try message.encoded(protectedBy: MessageProtection(), at: Self.now)
                == message.encoded()
        )
        let signed = try message.encoded(protectedBy: cases[0], at: Self.now)
        let mail = try #require(try PythonMail.parse([signed]).first)
        #expect(
            mail.parts == [
                "multipart/signed", "multipart/alternative", "text/plain", "text/html",
                "application/pkcs7-signature",
            ]
        )
        #expect(mail.defects.isEmpty && mail.text == "Hello\n")
    }
}

extension SMIMEFolder {
    func decryptWithGnuPG(_ file: String) throws -> Answer {
        try run(
            "gpgsm",
            "--batch",
            "--pinentry-mode",
            "loopback",
            "--passphrase-fd",
            "0",
            "--decrypt",
            file,
            input: Array("secret\n".utf8)
        )
    }
}

extension [UInt8] {
    /// The parts of a multipart, found by its boundary alone.
    func parts(boundary: String) -> [[UInt8]] {
        let text = String(decoding: self, as: UTF8.self)
        return text.components(separatedBy: "\r\n--\(boundary)").dropFirst().dropLast()
            .map { Array($0.dropFirst(1).utf8) }
    }

    /// The file in base64 after the first empty line.
    func attachment() throws -> [UInt8] {
        let lines = self.lines
        let start = try #require(lines.firstIndex { $0.isEmpty })
        return try Cryptography.Base64.decode(lines[(start + 1)...].flatMap { $0 })
    }
}
