import Cryptography
import Observability

/// Seals what belongs to the platform itself, under a key derived from a master key.
package struct PlatformKey: Sendable {
    private let keys: MasterKeyRing
    private let random: RandomSource

    package init(keys: MasterKeyRing, random: RandomSource) {
        self.keys = keys
        self.random = random
    }

    package func seal(
        _ value: Redacted<[UInt8]>, purpose: StaticString, fields: [String]
    ) throws -> [UInt8] {
        try value.reveal {
            try Envelope.seal(
                $0, with: keys, additionalData: context(purpose, fields), random: random)
        }
    }

    /// Throws: `destinationChanged` when the fields differ or the value was altered.
    package func open(
        _ sealed: [UInt8], purpose: StaticString, fields: [String]
    ) throws -> Redacted<[UInt8]> {
        do {
            return try Envelope.open(
                sealed, with: keys, additionalData: context(purpose, fields)
            ).redacted
        } catch CryptographyError.authenticationFailed {
            throw SecretsError.destinationChanged
        }
    }

    private func context(_ purpose: StaticString, _ fields: [String]) -> [UInt8] {
        var data = AdditionalData()
        data.append("sendproof platform 1")
        data.append(purpose.description)
        for field in fields { data.append(field) }
        return data.bytes
    }
}

extension SecretBytes {
    /// The bytes as a value that is not shown.
    var redacted: Redacted<[UInt8]> { Redacted(withBytes { Array($0) }) }
}
