import Testing

@testable import Cryptography

@Suite struct DigestTests {
    @Test func `SHA-256 gives the digests of FIPS 180-4`() {
        #expect(
            hex(SHA256.hash([]))
                == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        )
        #expect(
            hex(SHA256.hash(Array("abc".utf8)))
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        )
        #expect(
            hex(SHA256.hash([UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)))
                == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        )
    }

    @Test(arguments: [
        (
            [UInt8](repeating: 0x0b, count: 20), Array("Hi There".utf8),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        (
            Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        (
            [UInt8](repeating: 0xaa, count: 20), [UInt8](repeating: 0xdd, count: 50),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
        ),
        (
            [UInt8](repeating: 0xaa, count: 131),
            Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
    ])
    func `HMAC gives the codes of RFC 4231`(key: [UInt8], message: [UInt8], code: String) {
        #expect(hex(HMACSHA256.authenticate(key: SecretBytes(key), message: message)) == code)
    }

    @Test func `an HMAC is valid for its own message and key only`() {
        let key = SecretBytes("key")
        let code = HMACSHA256.authenticate(key: key, message: [1, 2, 3])

        #expect(HMACSHA256.isValid(code, key: key, message: [1, 2, 3]))
        #expect(!HMACSHA256.isValid(code, key: key, message: [1, 2, 4]))
        #expect(!HMACSHA256.isValid(code, key: SecretBytes("kez"), message: [1, 2, 3]))
        #expect(!HMACSHA256.isValid(Array(code.dropLast()), key: key, message: [1, 2, 3]))
        #expect(!HMACSHA256.isValid([], key: key, message: [1, 2, 3]))
    }

    @Test func `an empty key and an empty message have a code`() {
        #expect(
            hex(HMACSHA256.authenticate(key: SecretBytes([]), message: []))
                == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"
        )
    }

    @Test func `the constant-time comparison sees every byte and the length`() {
        let bytes: [UInt8] = Array(0..<40)
        #expect(equalInConstantTime(bytes, bytes))
        #expect(equalInConstantTime([], []))
        #expect(!equalInConstantTime(bytes, Array(bytes.dropLast())))
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= 0x80
            #expect(!equalInConstantTime(bytes, changed))
        }
    }
}
