import Testing

@testable import Cryptography

@Suite struct PasswordHasherTests {
    let hasher: PasswordHasher

    init() throws {
        hasher = PasswordHasher(
            parameters: try Argon2id.Parameters(memoryKiB: 64, iterations: 1, parallelism: 1),
            pool: MemoryPool(maximumBlocks: 1),
            random: .seeded(7)
        )
    }

    static let passwords: [[UInt8]] = [
        Array("correct horse battery staple".utf8), [], [0], [0, 0],
        Array("zero\0inside".utf8), Array("pässwörd 密码 🔑\u{301}".utf8),
        [0xFF, 0xFE, 0x80], (0..<1000).map { UInt8(truncatingIfNeeded: $0) },
    ]

    @Test(arguments: passwords)
    func `a password is taken as the bytes typed`(password: [UInt8]) throws {
        let hash = try hasher.hash(SecretBytes(password))

        #expect(try hasher.verify(SecretBytes(password), against: hash).matches)
        #expect(try !hasher.verify(SecretBytes(password + [0]), against: hash).matches)
        if let last = password.last {
            let shorter = SecretBytes(Array(password.dropLast()))
            let other = SecretBytes(password.dropLast() + [last ^ 1])
            #expect(try !hasher.verify(shorter, against: hash).matches)
            #expect(try !hasher.verify(other, against: hash).matches)
        }
    }

    @Test func `composed and decomposed letters are different passwords`() throws {
        let hash = try hasher.hash(SecretBytes("caf\u{E9}"))
        #expect(try !hasher.verify(SecretBytes("cafe\u{301}"), against: hash).matches)
    }

    @Test func `two hashes of one password differ in their salt`() throws {
        let password = SecretBytes("Ada's password")
        #expect(try hasher.hash(password) != hasher.hash(password))
    }

    @Test func `no password matches the dummy, which costs what a real hash costs`() throws {
        let dummy = try PasswordHash(encoded: hasher.dummyHash)
        let real = try PasswordHash(encoded: hasher.hash(SecretBytes("x")))

        #expect(dummy.parameters == real.parameters)
        #expect(dummy.salt.count == real.salt.count)
        #expect(dummy.tag.count == real.tag.count)
        #expect(try !hasher.verify(SecretBytes(""), against: hasher.dummyHash).matches)
    }

    @Test func `a hash of other parameters still verifies and asks to be made again`() throws {
        let password = SecretBytes("Grace's password")
        let older = PasswordHasher(
            parameters: try Argon2id.Parameters(memoryKiB: 32, iterations: 1, parallelism: 1),
            pool: MemoryPool(maximumBlocks: 1)
        )
        let (old, current) = try (older.hash(password), hasher.hash(password))

        #expect(
            try hasher.verify(password, against: old)
                == PasswordHasher.Verification(matches: true, needsRehash: true)
        )
        #expect(
            try hasher.verify(password, against: current)
                == PasswordHasher.Verification(matches: true, needsRehash: false)
        )
        #expect(
            try hasher.verify(SecretBytes("wrong"), against: old)
                == PasswordHasher.Verification(matches: false, needsRehash: false)
        )
    }

    @Test func `a short salt asks for a new hash`() throws {
        let password = SecretBytes("Ada's password")
        let encoded = try Argon2id.hash(
            password: password,
            salt: Array("saltsalt".utf8),
            parameters: hasher.parameters,
            pool: MemoryPool(maximumBlocks: 1)
        )

        #expect(try hasher.verify(password, against: encoded).needsRehash)
    }
}
