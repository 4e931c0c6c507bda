package import Cryptography
package import Observability

/// Seals what belongs to the platform itself, under the active master key.
package struct PlatformKey: Sendable {
    private let keys: MasterKeyRing
    private let random: RandomSource

    package init(keys: MasterKeyRing, random: RandomSource) {
        self.keys = keys
        self.random = random
    }

    package func seal(
        _ value: Redacted<[UInt8]>,
        purpose: StaticString,
        fields: [String]
    ) throws -> [UInt8] {
        let key = try keys.key(keys.activeID)
        return try value.reveal {
            try Envelope.seal(
                SecretBytes($0),
                under: key,
                keyID: keys.activeID,
                boundTo: binding(purpose, fields),
                random: random
            )
        }
    }

    /// Throws: `destinationChanged` when the fields differ or the value was altered.
    package func open(
        _ sealed: [UInt8],
        purpose: StaticString,
        fields: [String]
    ) throws -> Redacted<[UInt8]> {
        let envelope = try Envelope(sealed)
        guard keys.ids.contains(envelope.keyID) else {
            throw SecretsError.missingMasterKey(id: envelope.keyID.text)
        }
        do {
            return try envelope.open(
                with: keys.key(envelope.keyID),
                boundTo: binding(purpose, fields)
            ).redacted
        } catch let error as CryptographyError where error == .authenticationFailed {
            throw SecretsError.destinationChanged
        }
    }

    /// Seals anew what another than the active master key sealed; nil when the active one did.
    ///
    /// Throws: like `open`.
    package func reseal(
        _ sealed: [UInt8],
        purpose: StaticString,
        fields: [String]
    ) throws -> [UInt8]? {
        guard try Envelope(sealed).keyID != keys.activeID else { return nil }
        return try seal(
            open(sealed, purpose: purpose, fields: fields),
            purpose: purpose,
            fields: fields
        )
    }

    private func binding(_ purpose: StaticString, _ fields: [String]) -> AdditionalData {
        AdditionalData(
            purpose: "sendproof/platform/\(purpose)/1",
            fields.map(AdditionalData.Field.text)
        )
    }
}
