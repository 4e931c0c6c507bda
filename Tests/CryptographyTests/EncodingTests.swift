import Foundation
import Testing

@testable import Cryptography

@Suite struct EncodingTests {
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
        ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
    ])
    func `Base 64 gives the vectors of RFC 4648`(plain: String, encoded: String) throws {
        let unpadded = encoded.filter { $0 != "=" }
        #expect(Base64.encode(Array(plain.utf8)) == encoded)
        #expect(try Base64.decode(encoded) == Array(plain.utf8))
        #expect(Base64URL.encode(Array(plain.utf8)) == unpadded)
        #expect(try Base64URL.decode(unpadded) == Array(plain.utf8))
    }

    @Test func `every length survives the way there and back`() throws {
        let random = RandomSource.seeded(3)
        for length in 0..<200 {
            let bytes = random.bytes(count: length)
            #expect(Base64.encode(bytes) == Data(bytes).base64EncodedString())
            #expect(try Base64.decode(Base64.encode(bytes)) == bytes)
            #expect(try Base64URL.decode(Base64URL.encode(bytes)) == bytes)
            #expect(try Hexadecimal.decode(Hexadecimal.encode(bytes)) == bytes)
        }
    }

    @Test func `the two alphabets differ in two digits`() {
        #expect(Base64.encode([0xFB, 0xFF, 0xBF]) == "+/+/")
        #expect(Base64URL.encode([0xFB, 0xFF, 0xBF]) == "-_-_")
    }

    @Test(arguments: [
        "Zg", "Zg=", "Zg===", "Z", "=", "==", "====", "Zh==", "Zm9=", "Zm9v\n", " Zm9v", "Zm 9v",
        "Zg==Zg==", "Z=g=", "Zm9-", "Zm9_", "Zm9v====", "Zm9\u{E9}", "Zm9\u{212A}",
    ])
    func `Base 64 reads one spelling only`(text: String) {
        #expect(failure { _ = try Base64.decode(text) } == .invalidEncoding)
    }

    @Test(arguments: ["Zg==", "Z", "Zh", "Zm9", "Zm9v\r\n", "Zm9+", "Zm9/", "Zm9v="])
    func `Base 64 for addresses reads one spelling only`(text: String) {
        #expect(failure { _ = try Base64URL.decode(text) } == .invalidEncoding)
    }

    @Test func `hexadecimal reads both cases and nothing else`() throws {
        #expect(Hexadecimal.encode([0x00, 0x9F, 0xFA]) == "009ffa")
        #expect(try Hexadecimal.decode("009FfA") == [0x00, 0x9F, 0xFA])
        for text in ["0", "0g", "0x00", " 0", "00 ", "é", "+1", "-1"] {
            #expect(failure { _ = try Hexadecimal.decode(text) } == .invalidEncoding)
        }
    }
}
