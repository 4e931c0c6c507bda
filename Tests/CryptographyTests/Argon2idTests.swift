import Testing

@testable import Cryptography

@Suite struct Argon2idTests {
    let pool = MemoryPool(maximumBlocks: 2)

    @Test func `the tag is the one of RFC 9106, section 5.3`() throws {
        let tag = try Argon2id.tag(
            of: SecretBytes([UInt8](repeating: 1, count: 32)),
            salt: [UInt8](repeating: 2, count: 16),
            length: 32,
            parameters: Argon2id.Parameters(memoryKiB: 32, iterations: 3, parallelism: 4),
            pool: pool,
            secret: [UInt8](repeating: 3, count: 8),
            associatedData: [UInt8](repeating: 4, count: 12)
        )

        #expect(hex(tag) == "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659")
    }

    @Test func `the text is the one of the reference implementation`() throws {
        let encoded = try Argon2id.hash(
            password: SecretBytes("password"),
            salt: Array("somesalt".utf8),
            parameters: Argon2id.Parameters(memoryKiB: 65_536, iterations: 2, parallelism: 1),
            pool: pool
        )

        #expect(
            encoded
                == "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ"
                + "$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
        )
    }

    @Test func `a block that another hash used before gives the same tag`() throws {
        let parameters = try Argon2id.Parameters(memoryKiB: 256, iterations: 1, parallelism: 1)
        func hash(_ password: String) throws -> String {
            try Argon2id.hash(
                password: SecretBytes(password),
                salt: Array("saltsalt".utf8),
                parameters: parameters,
                pool: pool
            )
        }

        let first = try hash("one")
        _ = try hash("two")

        #expect(try hash("one") == first)
        #expect(pool.residentBytes == 256 * 1024)
    }

    @Test func `memory that is no multiple of the lanes is served as the library rounds it`() throws
    {
        let parameters = try Argon2id.Parameters(memoryKiB: 61, iterations: 1, parallelism: 3)
        let encoded = try Argon2id.hash(
            password: SecretBytes("x"),
            salt: Array("saltsalt".utf8),
            parameters: parameters,
            pool: pool
        )

        let result = try Argon2id.verify(password: SecretBytes("x"), encoded: encoded, pool: pool)

        #expect(result.matches)
        #expect(result.parameters == parameters)
    }

    @Test(arguments: [
        (7, 1, 1), (1_048_577, 1, 1), (64, 0, 1), (64, 11, 1), (64, 1, 0), (64, 1, 5), (31, 1, 4),
    ])
    func `absurd parameters are refused`(memory: UInt32, iterations: UInt32, lanes: UInt32) {
        #expect(
            failure {
                _ = try Argon2id.Parameters(
                    memoryKiB: memory,
                    iterations: iterations,
                    parallelism: lanes
                )
            } == .refusedParameters
        )
    }

    @Test func `a stored tag with one bit turned around matches nothing`() throws {
        let password = SecretBytes("password")
        let parameters = try Argon2id.Parameters(memoryKiB: 8, iterations: 1, parallelism: 1)
        let stored = try PasswordHash(
            encoded: Argon2id.hash(
                password: password,
                salt: Array("saltsalt".utf8),
                parameters: parameters,
                pool: pool
            )
        )

        for tag in everyBitFlip(of: stored.tag) {
            let changed = PasswordHash(parameters: parameters, salt: stored.salt, tag: tag)
            let result = try Argon2id.verify(
                password: password,
                encoded: changed.encoded,
                pool: pool
            )
            #expect(!result.matches)
        }
    }
}
