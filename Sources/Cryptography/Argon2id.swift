import CArgon2

/// Argon2id, version 1.3 (RFC 9106), in memory of a pool.
///
/// A hash takes about 100 ms of one core at the standard parameters: call it from a thread pool,
/// never from a loop.
package enum Argon2id {
    /// Bytes of a fresh salt.
    package static let saltLength = 16
    /// Bytes of a fresh tag.
    package static let tagLength = 32

    /// What checking a password against a hash gave.
    package struct Verification: Equatable, Sendable {
        /// Whether the password is the one that was hashed.
        package let matches: Bool
        /// What the stored hash cost.
        package let parameters: Parameters
        let hasStandardLengths: Bool

        /// Whether the hash should be made again, now that the password is known.
        package func needsRehash(current: Parameters) -> Bool {
            parameters != current || !hasStandardLengths
        }
    }

    /// Hashes `password` as the bytes it is; the PHC text holds salt and parameters.
    package static func hash(
        password: SecretBytes,
        salt: [UInt8],
        parameters: Parameters,
        pool: MemoryPool
    ) throws -> String {
        let tag = try tag(
            of: password,
            salt: salt,
            length: tagLength,
            parameters: parameters,
            pool: pool
        )
        return PasswordHash(parameters: parameters, salt: salt, tag: tag).encoded
    }

    /// Checks `password` against a PHC text; throws when the text is damaged or absurd.
    package static func verify(
        password: SecretBytes,
        encoded: String,
        pool: MemoryPool
    ) throws -> Verification {
        let stored = try PasswordHash(encoded: encoded)
        let tag = try tag(
            of: password,
            salt: stored.salt,
            length: stored.tag.count,
            parameters: stored.parameters,
            pool: pool
        )
        return Verification(
            matches: equalInConstantTime(tag, stored.tag),
            parameters: stored.parameters,
            hasStandardLengths: stored.salt.count == saltLength && tag.count == tagLength
        )
    }

    /// The bare tag, with the optional secret and associated data of RFC 9106.
    static func tag(
        of password: SecretBytes,
        salt: [UInt8],
        length: Int,
        parameters: Parameters,
        pool: MemoryPool,
        secret: [UInt8] = [],
        associatedData: [UInt8] = []
    ) throws -> [UInt8] {
        var tag = [UInt8](repeating: 0, count: length)
        var (salt, secret, associatedData) = (salt, secret, associatedData)
        let result = try pool.withBlock(byteCount: parameters.byteCount) { block in
            password.withPointer { password in
                salt.withUnsafeMutableBufferPointer { salt in
                    secret.withUnsafeMutableBufferPointer { secret in
                        associatedData.withUnsafeMutableBufferPointer { associatedData in
                            tag.withUnsafeMutableBufferPointer { tag in
                                var context = context(parameters)
                                (context.out, context.outlen) = part(tag)
                                (context.pwd, context.pwdlen) = part(password)
                                (context.salt, context.saltlen) = part(salt)
                                (context.secret, context.secretlen) = part(secret)
                                (context.ad, context.adlen) = part(associatedData)
                                return sendproof_argon2id(&context, block.baseAddress, block.count)
                            }
                        }
                    }
                }
            }
        }
        try check(result)
        return tag
    }
}

extension Argon2id {
    private static func context(_ parameters: Parameters) -> argon2_context {
        var context = argon2_context()
        context.t_cost = parameters.iterations
        context.m_cost = parameters.memoryKiB
        context.lanes = parameters.parallelism
        context.threads = parameters.parallelism
        context.version = ARGON2_VERSION_13.rawValue
        context.flags = 0
        return context
    }

    private static func part(
        _ bytes: UnsafeMutableBufferPointer<UInt8>
    ) -> (UnsafeMutablePointer<UInt8>?, UInt32) {
        (bytes.isEmpty ? nil : bytes.baseAddress, UInt32(bytes.count))
    }

    /// The password; libargon2 only reads it, because no flag asks to clear it.
    private static func part(
        _ bytes: UnsafeRawBufferPointer
    ) -> (UnsafeMutablePointer<UInt8>?, UInt32) {
        let bytes = UnsafeMutableRawBufferPointer(mutating: bytes)
        return part(bytes.assumingMemoryBound(to: UInt8.self))
    }

    private static func check(_ result: Int32) throws {
        guard result != ARGON2_OK.rawValue else { return }
        if result == ARGON2_MEMORY_ALLOCATION_ERROR.rawValue {
            throw CryptographyError(.outOfMemory, "argon2id")
        }
        let reason = argon2_error_message(result).map { String(cString: $0) } ?? "\(result)"
        throw CryptographyError(.library, "argon2id: \(reason)")
    }
}
