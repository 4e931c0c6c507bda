import COpenSSL
import Foundation
import Observability
import TestSupport
import Testing

@testable import Cryptography

/// PKCS#12 files that `openssl` made, of today and of old.
@Suite struct PKCS12FileTests {
    private func word(_ text: String) -> Redacted<[UInt8]> { Redacted(Array(text.utf8)) }

    private func kind(_ bytes: [UInt8], _ password: String?) -> CertificateError.Kind? {
        do {
            _ = try PKCS12File(bytes, password: password.map(word))
            return nil
        } catch {
            return (error as? CertificateError)?.kind
        }
    }

    private func workshop() throws -> OpenSSLWorkshop {
        let workshop = try OpenSSLWorkshop()
        try workshop.authority("root")
        try workshop.issue("otto", by: "root")
        return workshop
    }

    private static let export =
        "pkcs12 -export -in otto.pem -inkey otto.key -certfile root.pem -out otto.p12 "

    @Test(arguments: [
        ("", false), ("-legacy", true), ("-certpbe PBE-SHA1-3DES -keypbe PBE-SHA1-3DES", true),
        ("-legacy -certpbe PBE-SHA1-RC2-40 -keypbe PBE-SHA1-RC2-128", true),
        ("-certpbe NONE -keypbe AES-128-CBC", false), ("-keypbe NONE -certpbe NONE", false),
        ("-nomac", false), ("-macalg sha512 -iter 100000", false),
    ])
    func `a file gives key, certificate and chain, and says when its cipher is old`(
        options: String,
        isOld: Bool
    ) throws {
        let workshop = try workshop()
        try workshop.run(Self.export + "-passout pass:Grüße-1 " + options)
        let file = try PKCS12File(workshop.read("otto.p12"), password: word("Grüße-1"))

        #expect(file.certificate.shortName == "otto")
        #expect(file.chain.map(\.shortName) == ["root"])
        #expect(try file.key.belongs(to: file.certificate))
        #expect(file.usesOldCipher == isOld)
        try workshop.write(file.key.pem().reveal(), to: "taken.key")
        #expect(
            try workshop.run("pkey -in taken.key -pubout")
                == workshop.run("pkey -in otto.key -pubout")
        )
    }

    @Test(arguments: ["", "-legacy"])
    func `wrong, missing and malformed passwords are told`(options: String) throws {
        let workshop = try workshop()
        try workshop.run(Self.export + "-passout pass:secret " + options)
        let bytes = try workshop.read("otto.p12")
        #expect(kind(bytes, "Secret") == .wrongPassword)
        #expect(kind(bytes, nil) == .passwordRequired)
        #expect(kind(bytes, "") == .passwordRequired)
        #expect(kind(bytes, "secret\u{0}") == .wrongPassword)
        #expect(kind(bytes, "secret") == nil)
    }

    @Test func `a file without a password opens without one`() throws {
        let workshop = try workshop()
        try workshop.run(Self.export + "-passout pass:")
        #expect(try kind(workshop.read("otto.p12"), nil) == nil)
        // None at all is another password than an empty one, and some programs export so.
        let none = try MixedPKCS12.make(
            certificate: workshop.read("otto.pem"),
            key: workshop.read("otto.key"),
            password: nil
        )
        #expect(kind(none, nil) == nil)
    }

    @Test func `what is missing in the file is named`() throws {
        let workshop = try workshop()
        try workshop.run("pkcs12 -export -in otto.pem -nokeys -passout pass:secret -out a.p12")
        #expect(try kind(workshop.read("a.p12"), "secret") == .noKey)
        try workshop.run("pkcs12 -export -inkey otto.key -nocerts -passout pass:secret -out b.p12")
        #expect(try kind(workshop.read("b.p12"), "secret") == .noCertificate)
        #expect(try kind(workshop.read("otto.pem"), "secret") == .notPKCS12)
        #expect(kind([], nil) == .empty)
        #expect(kind([UInt8](repeating: 0x30, count: 1_048_577), nil) == .tooLarge)
    }

    @Test func `a key that does not belong to the certificate is told`() throws {
        let workshop = try workshop()
        try workshop.issue("emma", by: "root")
        let bytes = try MixedPKCS12.make(
            certificate: workshop.read("otto.pem"),
            key: workshop.read("emma.key"),
            password: "secret"
        )
        #expect(kind(bytes, "secret") == .keyDoesNotBelong)
    }

    @Test func `a damaged file is told from a wrong password`() throws {
        let workshop = try workshop()
        try workshop.run(Self.export + "-passout pass:secret")
        let whole = try workshop.read("otto.p12")
        #expect(kind(Array(whole.dropLast(10)), "secret") == .notPKCS12)
        #expect(kind(whole + [0], "secret") == .damaged)
        // The check of the file covers all but a few bytes of its own description.
        let opened = stride(from: 0, to: whole.count, by: 13).filter { index in
            var bytes = whole
            bytes[index] ^= 0x55
            return kind(bytes, "secret") == nil
        }
        #expect(opened.count <= 2)
    }

    @Test func `a file that asks for an impossible number of rounds is refused`() throws {
        let workshop = try workshop()
        try workshop.run(Self.export + "-passout pass:secret -iter 2048 -certpbe NONE")
        let bytes = try workshop.read("otto.p12")
        // 2048 rounds, as DER has them, become a number that is none.
        let rounds: [UInt8] = [0x02, 0x02, 0x08, 0x00]
        #expect(bytes.firstRange(of: rounds) != nil)
        let costly = MixedPKCS12.replacing(rounds, by: [0x02, 0x02, 0x80, 0x01], in: bytes)
        #expect(kind(costly, "secret") == .tooExpensive)
    }

    @Test func `the rest of the process does not get the old ciphers`() throws {
        let workshop = try workshop()
        try workshop.run(Self.export + "-passout pass:secret -legacy")
        #expect(try kind(workshop.read("otto.p12"), "secret") == nil)
        #expect(OldCiphers.shared.hasLegacy)
        #expect(OSSL_PROVIDER_available(nil, "legacy") == 0)
        let cipher = EVP_CIPHER_fetch(nil, "RC2-40-CBC", nil)
        defer { EVP_CIPHER_free(cipher) }
        #expect(cipher == nil)
        ERR_clear_error()
    }
}

/// PKCS#12 files that no honest program makes.
enum MixedPKCS12 {
    static func make(certificate: [UInt8], key: [UInt8], password: String?) throws -> [UInt8] {
        let certificate = try #require(try Certificate.read(certificate).first)
        let handle = try CertificateHandle(der: certificate.der)
        let key = try #require(try PrivateKey(pem: Redacted(key), password: nil))
        var bags: OpaquePointer?
        var id: [UInt8] = [1, 2, 3]
        let certificateBag = PKCS12_add_cert(&bags, handle.pointer)
        let keyBag = PKCS12_add_key(&bags, key.pair.pointer, 0, 2048, NID_aes_256_cbc, password)
        for bag in [certificateBag, keyBag] {
            #expect(PKCS12_add_localkeyid(bag, &id, 3) == 1)
        }
        var safes: OpaquePointer?
        #expect(PKCS12_add_safe(&safes, bags, -1, 0, nil) == 1)
        let file = PKCS12_add_safes(safes, 0)
        defer { PKCS12_free(file) }
        #expect(PKCS12_set_mac(file, password, -1, nil, 0, 2048, EVP_sha256()) == 1)
        var bytes: UnsafeMutablePointer<UInt8>?
        let count = i2d_PKCS12(file, &bytes)
        defer { sendproof_x509_free_bytes(bytes) }
        return Array(UnsafeBufferPointer(start: try #require(bytes), count: Int(count)))
    }

    static func replacing(_ old: [UInt8], by new: [UInt8], in bytes: [UInt8]) -> [UInt8] {
        var result = bytes
        while let range = result.firstRange(of: old) { result.replaceSubrange(range, with: new) }
        return result
    }
}
