import Cryptography
package import Observability
import Postgres

/// A tenant's data key, open in memory; it seals what the tenant's rows keep.
package struct TenantKey: Sendable {
    private let tenant: UUID
    private let key: DataKey
    private let random: RandomSource

    init(tenant: UUID, key: DataKey, random: RandomSource) {
        self.tenant = tenant
        self.key = key
        self.random = random
    }

    /// Seals `value`; it opens only with the same purpose and fields.
    package func seal(
        _ value: Redacted<[UInt8]>,
        purpose: StaticString,
        fields: [String]
    ) throws -> [UInt8] {
        try value.reveal {
            try key.seal(SecretBytes($0), boundTo: binding(purpose, fields), random: random)
        }
    }

    /// Opens what `seal` made.
    ///
    /// Throws: `destinationChanged` when the fields differ or the value was altered.
    package func open(
        _ sealed: [UInt8],
        purpose: StaticString,
        fields: [String]
    ) throws -> Redacted<[UInt8]> {
        do {
            return try key.open(sealed, boundTo: binding(purpose, fields)).redacted
        } catch let error as CryptographyError where error == .authenticationFailed {
            throw SecretsError.destinationChanged
        }
    }

    /// A keyed digest of settings, to tell whether two are the same without showing them.
    ///
    /// Its key is derived here: whoever only opens values, as for each message, needs none.
    package func fingerprint(_ message: [UInt8]) throws -> [UInt8] {
        HMACSHA256.authenticate(key: try key.derive("fingerprint"), message: message)
    }

    private func binding(_ purpose: StaticString, _ fields: [String]) -> AdditionalData {
        AdditionalData(
            purpose: "sendproof/\(purpose)/1",
            [.text(tenant.description)] + fields.map(AdditionalData.Field.text)
        )
    }
}

extension SecretBytes {
    /// The bytes as a value that is not shown.
    var redacted: Redacted<[UInt8]> { Redacted(reveal()) }
}
