import COpenSSL
import Testing

@testable import Cryptography

@Suite struct AESGCMTests {
    struct Vector: Sendable {
        let key: String
        let nonce: String
        let plaintext: String
        let additionalData: String
        let sealed: String
    }

    // Test cases 13, 14 and 16 of the submission to NIST.
    static let vectors = [
        Vector(
            key: String(repeating: "00", count: 32),
            nonce: String(repeating: "00", count: 12),
            plaintext: "",
            additionalData: "",
            sealed: "530f8afbc74536b9a963b4f1c4cb738b"
        ),
        Vector(
            key: String(repeating: "00", count: 32),
            nonce: String(repeating: "00", count: 12),
            plaintext: String(repeating: "00", count: 16),
            additionalData: "",
            sealed: "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"
        ),
        Vector(
            key: "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
            nonce: "cafebabefacedbaddecaf888",
            plaintext: "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
            additionalData: "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            sealed: "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
                + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
                + "76fc6ece0f4e1768cddf8853bb2d551b"
        ),
    ]

    @Test(arguments: vectors)
    func `sealing and opening give the vectors of NIST`(vector: Vector) throws {
        let key = try secret(vector.key)
        let nonce = try bytes(vector.nonce)
        let additionalData = try bytes(vector.additionalData)

        let sealed = try AESGCM.seal(
            plaintext: bytes(vector.plaintext),
            key: key,
            nonce: nonce,
            additionalData: additionalData
        )
        let opened = try AESGCM.open(
            sealed,
            key: key,
            nonce: nonce,
            additionalData: additionalData
        )

        #expect(hex(sealed) == vector.sealed)
        #expect(hex(opened.reveal()) == vector.plaintext)
    }

    @Test func `no bit of ciphertext, tag, nonce, key or binding can be changed`() throws {
        let vector = Self.vectors[2]
        let (key, nonce) = try (bytes(vector.key), bytes(vector.nonce))
        let (sealed, bound) = try (bytes(vector.sealed), bytes(vector.additionalData))
        func refused(_ sealed: [UInt8], _ key: [UInt8], _ nonce: [UInt8], _ bound: [UInt8]) -> Bool
        {
            failure {
                _ = try AESGCM.open(
                    sealed,
                    key: SecretBytes(key),
                    nonce: nonce,
                    additionalData: bound
                )
            } == .authenticationFailed
        }

        #expect(!refused(sealed, key, nonce, bound))
        #expect(everyBitFlip(of: sealed).allSatisfy { refused($0, key, nonce, bound) })
        #expect(everyBitFlip(of: key).allSatisfy { refused(sealed, $0, nonce, bound) })
        #expect(everyBitFlip(of: nonce).allSatisfy { refused(sealed, key, $0, bound) })
        #expect(everyBitFlip(of: bound).allSatisfy { refused(sealed, key, nonce, $0) })
        #expect(refused(sealed, key, nonce, []))
        for length in 0..<sealed.count {
            #expect(refused(Array(sealed.prefix(length)), key, nonce, bound))
        }
    }

    @Test func `keys and nonces of another length are refused`() throws {
        let key = SecretBytes([UInt8](repeating: 1, count: 32))
        let short = SecretBytes([UInt8](repeating: 1, count: 16))
        let nonce = [UInt8](repeating: 2, count: 12)

        #expect(
            failure { _ = try AESGCM.seal(plaintext: [1], key: short, nonce: nonce) }
                == .invalidLength
        )
        for length in [0, 8, 11, 13, 16] {
            let nonce = [UInt8](repeating: 2, count: length)
            #expect(
                failure { _ = try AESGCM.seal(plaintext: [1], key: key, nonce: nonce) }
                    == .invalidLength
            )
        }
    }

    @Test func `a refusal leaves nothing in the error queue of the thread`() throws {
        ERR_clear_error()
        let key = SecretBytes([UInt8](repeating: 1, count: 32))
        let nonce = [UInt8](repeating: 2, count: 12)

        #expect(throws: CryptographyError.authenticationFailed) {
            try AESGCM.open([UInt8](repeating: 3, count: 40), key: key, nonce: nonce)
        }

        #expect(ERR_peek_error() == 0)
    }
}
