import Testing

@testable import Cryptography

@Suite struct PasswordHashTests {
    static let salt = "c29tZXNhbHQ"
    static let tag = "CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
    static let valid = "$argon2id$v=19$m=65536,t=2,p=1$\(salt)$\(tag)"

    @Test func `what is written is read back`() throws {
        let random = RandomSource.seeded(1)
        for round in UInt32(1)...200 {
            let hash = PasswordHash(
                parameters: try Argon2id.Parameters(
                    memoryKiB: 32 + round * 5000,
                    iterations: round % 10 + 1,
                    parallelism: round % 4 + 1
                ),
                salt: random.bytes(count: 8 + Int(round % 57)),
                tag: random.bytes(count: 16 + Int(round % 49))
            )

            #expect(try PasswordHash(encoded: hash.encoded) == hash)
        }
    }

    @Test func `the parts are what the text says`() throws {
        let hash = try PasswordHash(encoded: Self.valid)

        #expect(hash.parameters.memoryKiB == 65_536)
        #expect(hash.parameters.iterations == 2)
        #expect(hash.parameters.parallelism == 1)
        #expect(hash.salt == Array("somesalt".utf8))
        #expect(hash.tag.count == 32)
    }

    @Test(arguments: [
        "", "$", "plain", "$argon2id$", "$argon2i$v=19$m=65536,t=2,p=1$\(salt)$\(tag)",
        "$argon2id$v=16$m=65536,t=2,p=1$\(salt)$\(tag)",
        "$argon2id$m=65536,t=2,p=1$\(salt)$\(tag)",
        "$argon2id$v=19$m=65536,t=2$\(salt)$\(tag)",
        "$argon2id$v=19$t=2,m=65536,p=1$\(salt)$\(tag)",
        "$argon2id$v=19$m=65536,t=2,p=1,x=1$\(salt)$\(tag)",
        "$argon2id$v=19$m=065536,t=2,p=1$\(salt)$\(tag)",
        "$argon2id$v=19$m=+65536,t=2,p=1$\(salt)$\(tag)",
        "$argon2id$v=19$m=,t=2,p=1$\(salt)$\(tag)",
        "$argon2id$v=19$m=99999999999999999999,t=2,p=1$\(salt)$\(tag)",
        "$argon2id$v=19$m=9999999999,t=2,p=1$\(salt)$\(tag)",
        "$argon2id$v=19$m=65536,t=2,p=1$$\(tag)", "$argon2id$v=19$m=65536,t=2,p=1$\(salt)$",
        "$argon2id$v=19$m=65536,t=2,p=1$\(salt)", "$argon2id$v=19$m=65536,t=2,p=1$c2FsdA$\(tag)",
        "$argon2id$v=19$m=65536,t=2,p=1$\(salt)==$\(tag)",
        "$argon2id$v=19$m=65536,t=2,p=1$\(salt)$\(tag)$", valid + "\n", valid + "=", " " + valid,
        "$argon2id$v=19$m=65536,t=2,p=1$\(salt)$QUJD",
    ])
    func `a damaged hash is refused`(text: String) {
        #expect(failure { _ = try PasswordHash(encoded: text) } == .invalidPasswordHash)
    }

    @Test(arguments: ["m=2097152,t=2,p=1", "m=65536,t=4294967295,p=1", "m=65536,t=2,p=16"])
    func `a planted hash cannot exhaust the machine`(parameters: String) {
        let text = "$argon2id$v=19$\(parameters)$\(Self.salt)$\(Self.tag)"
        #expect(failure { _ = try PasswordHash(encoded: text) } == .refusedParameters)
    }
}
