import Testing

@testable import Cryptography

@Suite struct MasterKeyRingTests {
    static let key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

    private func parse(_ text: String) throws -> MasterKeyRing {
        try MasterKeyRing(parsing: SecretBytes(text))
    }

    @Test func `the first line is the active key, all are found`() throws {
        let random = RandomSource.seeded(2)
        let other = Base64.encode(random.bytes(count: 32))
        let ring = try parse(
            "# the keys of the house\n\n2026-11:\(Self.key)\r\n  old:\(other)\t\n"
        )

        #expect(ring.ids.map(\.text) == ["2026-11", "old"])
        #expect(ring.activeID.text == "2026-11")
        #expect(try ring.key(KeyID("2026-11")).reveal() == Array(0..<32))
        #expect(
            try ring.key(KeyID("old")).reveal() == RandomSource.seeded(2).bytes(count: 32)
        )
        #expect(try failureOf(ring, "gone") == .unknownKey)
    }

    private func failureOf(_ ring: MasterKeyRing, _ id: String) throws -> CryptographyError.Kind? {
        let id = try KeyID(id)
        return failure { _ = try ring.key(id) }
    }

    @Test(arguments: [
        ("", "no key"), ("# only a comment\n\n", "no key"),
        ("nonsense", "line 1: there is no colon"),
        ("a:\(key)\nb", "line 2: there is no colon"), ("A:\(key)", "line 1: the name"),
        (":\(key)", "line 1: the name"), ("a b:\(key)", "line 1: the name"),
        ("\(String(repeating: "a", count: 33)):\(key)", "line 1: the name"),
        ("a:", "line 1: the key has 0 bytes"), ("a:AAEC", "line 1: the key has 3 bytes"),
        ("a:\(key.dropLast())", "line 1: the key is not valid Base64"),
        ("a: \(key)", "line 1: the key is not valid Base64"),
        ("a:\(key) b", "line 1: the key is not valid Base64"),
        ("a:AA\(key)==", "line 1: the key is not valid Base64"),
        ("\u{FEFF}a:\(key)", "line 1: the name"), ("a:\(key)\na:\(key)", "line 2: the name a is"),
    ])
    func `a broken key file is refused with its line`(text: String, reason: String) {
        let error = #expect(throws: CryptographyError.self) { try parse(text) }
        #expect(error?.kind == .invalidKeyFile)
        #expect(error?.detail.contains(reason) == true)
        #expect(error?.detail.contains(Self.key.prefix(8)) == false)
        #expect(error?.detail.contains("AAEC") == false)
    }

    @Test func `a generated line is one that is read back`() throws {
        let line = MasterKeyRing.generate(id: try KeyID("k-1"), random: .seeded(4))
        let ring = try MasterKeyRing(parsing: line)

        #expect(ring.activeID.text == "k-1")
        #expect(try ring.key(ring.activeID).reveal() == RandomSource.seeded(4).bytes(count: 32))
        #expect(line.reveal().last == UInt8(ascii: "\n"))
    }

    @Test(arguments: ["a", "0", "-", "abc-123", String(repeating: "z", count: 32)])
    func `a name is taken`(text: String) throws {
        #expect(try KeyID(text).description == text)
    }

    @Test(arguments: ["", "A", "a_b", "a.b", "a b", "a\n", "é", "a\u{301}", "\u{212A}", "a:b"])
    func `another name is refused`(text: String) {
        #expect(failure { _ = try KeyID(text) } == .invalidKeyID)
    }
}
