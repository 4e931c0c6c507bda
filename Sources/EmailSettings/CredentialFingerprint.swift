package import Cryptography
package import Observability
package import Sockets

/// Tells whether two credentials are the same without showing either, also between installations.
///
/// It is Argon2id of the value with a salt of its own, cut to 24 bits: enough to see that two are
/// the same, too little and too costly to find out by guessing what one is.
package struct CredentialFingerprint: Sendable, Equatable {
    package let text: String

    private static let saltLength = 16
    private static let length = 3

    /// Nil when the text is not one of ours.
    package init?(_ text: String) {
        guard Self.parts(text) != nil else { return nil }
        self.text = text
    }

    private init(salt: [UInt8], digest: [UInt8]) {
        text = "argon2id.\(Hexadecimal.encode(salt)).\(Hexadecimal.encode(digest))"
    }

    private static func parts(_ text: String) -> (salt: [UInt8], digest: [UInt8])? {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            .map { Array($0) }
        guard parts.count == 3, parts[0] == Array("argon2id".utf8) else { return nil }
        do {
            let (salt, digest) = (
                try Hexadecimal.decode(parts[1]), try Hexadecimal.decode(parts[2])
            )
            return salt.count == saltLength && digest.count == length ? (salt, digest) : nil
        } catch {
            // What is no hexadecimal is none of ours, which is this function's answer.
            return nil
        }
    }

    /// Makes them, and compares with them, on threads that may take their time.
    package struct Maker: Sendable {
        private let hasher: PasswordHasher
        private let pool: BlockingPool
        private let random: RandomSource

        package init(hasher: PasswordHasher, pool: BlockingPool, random: RandomSource) {
            self.hasher = hasher
            self.pool = pool
            self.random = random
        }

        /// Takes about as long as a sign-in.
        package func fingerprint(
            of value: Redacted<[UInt8]>
        ) async throws -> CredentialFingerprint {
            let salt = random.bytes(count: CredentialFingerprint.saltLength)
            return CredentialFingerprint(salt: salt, digest: try await digest(value, salt))
        }

        /// Whether `fingerprint` was made of this value; wrong once in 16 million times.
        package func matches(
            _ fingerprint: CredentialFingerprint,
            _ value: Redacted<[UInt8]>
        ) async throws -> Bool {
            guard let (salt, digest) = CredentialFingerprint.parts(fingerprint.text) else {
                return false
            }
            return try await self.digest(value, salt) == digest
        }

        private func digest(_ value: Redacted<[UInt8]>, _ salt: [UInt8]) async throws -> [UInt8] {
            let secret = value.reveal { SecretBytes($0) }
            return try await pool.run { [hasher] in
                Array(
                    try hasher.fingerprint(of: secret, salt: salt).prefix(
                        CredentialFingerprint.length
                    )
                )
            }
        }
    }
}
