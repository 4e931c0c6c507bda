/// Makes and checks password hashes with the parameters of this installation.
///
/// Every call takes about 100 ms of one core and waits for its turn: call it from a thread pool.
package struct PasswordHasher: Sendable {
    /// What checking a password gave.
    package struct Verification: Equatable, Sendable {
        package let matches: Bool
        /// The hash was made with other parameters: hash the password again and store that.
        package let needsRehash: Bool
    }

    package let parameters: Argon2id.Parameters
    /// A hash that no password matches and that costs what a real one costs: check against it when
    /// the user is unknown, so that the time of the answer tells nothing.
    package let dummyHash: String
    private let pool: MemoryPool
    private let random: RandomSource

    package init(
        parameters: Argon2id.Parameters = .standard,
        pool: MemoryPool,
        random: RandomSource = .system
    ) {
        self.parameters = parameters
        self.pool = pool
        self.random = random
        dummyHash =
            PasswordHash(
                parameters: parameters,
                salt: random.bytes(count: Argon2id.saltLength),
                tag: random.bytes(count: Argon2id.tagLength)
            ).encoded
    }

    /// Hashes the bytes of `password` as they are, with a fresh salt, to a PHC text.
    package func hash(_ password: SecretBytes) throws -> String {
        try Argon2id.hash(
            password: password,
            salt: random.bytes(count: Argon2id.saltLength),
            parameters: parameters,
            pool: pool
        )
    }

    /// Checks `password` against a stored PHC text.
    ///
    /// Throws `invalidPasswordHash` or `refusedParameters` when the text is not one of ours.
    package func verify(_ password: SecretBytes, against hash: String) throws -> Verification {
        let result = try Argon2id.verify(password: password, encoded: hash, pool: pool)
        return Verification(
            matches: result.matches,
            needsRehash: result.matches && result.needsRehash(current: parameters)
        )
    }

    /// The bare hash of `secret` with a given salt and the product's standard cost, whatever this
    /// installation's passwords cost: so that two installations come to the same.
    package func fingerprint(of secret: SecretBytes, salt: [UInt8]) throws -> [UInt8] {
        try Argon2id.tag(
            of: secret,
            salt: salt,
            length: Argon2id.tagLength,
            parameters: .standard,
            pool: pool
        )
    }
}
