import Cryptography
import Observability
import Postgres

/// A tenant's data key, open in memory; it seals what the tenant's rows keep.
package struct TenantKey: Sendable {
    private let tenant: UUID
    private let key: SecretBytes
    private let random: RandomSource

    init(tenant: UUID, key: SecretBytes, random: RandomSource) {
        self.tenant = tenant
        self.key = key
        self.random = random
    }

    /// Seals `value`; it opens only with the same purpose and fields.
    package func seal(
        _ value: Redacted<[UInt8]>, purpose: StaticString, fields: [String]
    ) throws -> [UInt8] {
        let nonce = random.bytes(count: AESGCM.nonceLength)
        let context = additionalData(purpose, fields)
        return try value.reveal { value in
            nonce
                + (try AESGCM.seal(value, key: key, nonce: nonce, additionalData: context))
        }
    }

    /// Opens what `seal` made.
    ///
    /// Throws: `destinationChanged` when the fields differ or the value was altered.
    package func open(
        _ sealed: [UInt8], purpose: StaticString, fields: [String]
    ) throws -> Redacted<[UInt8]> {
        guard sealed.count >= AESGCM.nonceLength + AESGCM.tagLength else {
            throw SecretsError.damaged
        }
        do {
            return Redacted(
                try AESGCM.open(
                    Array(sealed.dropFirst(AESGCM.nonceLength)), key: key,
                    nonce: Array(sealed.prefix(AESGCM.nonceLength)),
                    additionalData: additionalData(purpose, fields)))
        } catch CryptographyError.authenticationFailed {
            throw SecretsError.destinationChanged
        }
    }

    /// A keyed digest of settings, to tell whether two are the same without showing them.
    package func fingerprint(_ message: [UInt8]) throws -> [UInt8] {
        let derived = try HKDF.derive(
            from: key, salt: [], info: Array("sendproof fingerprint".utf8), count: 32)
        return HMACSHA256.authenticate(key: derived, message: message)
    }

    private func additionalData(_ purpose: StaticString, _ fields: [String]) -> [UInt8] {
        var data = AdditionalData()
        data.append("sendproof 1")
        data.append(purpose.description)
        data.append(tenant.description)
        for field in fields { data.append(field) }
        return data.bytes
    }
}
