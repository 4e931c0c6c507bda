import Testing

@testable import Cryptography

@Suite struct SecretBytesTests {
    struct Holder {
        let name = "relay"
        let password: SecretBytes
    }

    @Test func `no way of printing shows the bytes`() {
        let secret = SecretBytes("canary-7f3a")
        var dumped = ""
        dump(Holder(password: secret), to: &dumped)
        let texts = [
            "\(secret)", String(describing: secret), String(reflecting: secret),
            "\(Optional(secret) as Any)", "\([secret])", "\(Holder(password: secret))", dumped,
        ]

        for text in texts {
            #expect(text.contains("[redacted]"))
            #expect(!text.contains("canary"))
            // Not as numbers either: "cana".
            #expect(!text.contains("99, 97, 110, 97"))
        }
        #expect(Mirror(reflecting: secret).children.isEmpty)
        #expect(!(secret is any Encodable))
    }

    @Test func `the bytes are those given`() {
        let bytes: [UInt8] = [0, 1, 0, 255, 128]
        #expect(SecretBytes(bytes).reveal() == bytes)
        #expect(SecretBytes("é\0🔑").reveal() == Array("é\0🔑".utf8))
        #expect(SecretBytes(bytes).withBytes { $0.count } == 5)
        #expect(SecretBytes(bytes).withBytes { $0[3] } == 255)
        #expect(SecretBytes([]).isEmpty)
    }

    @Test func `equality sees every byte and the length`() {
        let bytes: [UInt8] = Array(1...33)
        #expect(SecretBytes(bytes) == SecretBytes(bytes))
        #expect(SecretBytes([]) == SecretBytes(""))
        #expect(SecretBytes(bytes) != SecretBytes(bytes + [0]))
        for changed in everyBitFlip(of: bytes) {
            #expect(SecretBytes(bytes) != SecretBytes(changed))
        }
    }

    @Test func `taking over an array empties it`() {
        var bytes: [UInt8] = [1, 2, 3]
        let secret = SecretBytes(taking: &bytes)
        #expect(bytes.isEmpty)
        #expect(secret.reveal() == [1, 2, 3])
    }

    @Test func `taking over an array leaves other holders of it alone`() {
        var bytes: [UInt8] = [1, 2, 3]
        let other = bytes
        _ = SecretBytes(taking: &bytes)
        #expect(other == [1, 2, 3])
    }
}
