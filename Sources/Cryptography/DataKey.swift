/// A tenant's own key: it seals the tenant's values, and is stored wrapped by a master key.
package struct DataKey: Sendable {
    /// The name that the values carry which this key sealed.
    package let id: KeyID
    private let key: SecretBytes

    /// A fresh key.
    package static func generate(id: KeyID, random: RandomSource) -> DataKey {
        DataKey(id: id, key: random.secret(count: AESGCM.keyLength))
    }

    /// Seals this key under the active master key, bound to the tenant; gives the bytes to store.
    package func wrap(
        with ring: MasterKeyRing,
        tenant: String,
        random: RandomSource
    ) throws -> [UInt8] {
        try Envelope.seal(
            key,
            under: ring.key(ring.activeID),
            keyID: ring.activeID,
            boundTo: Self.binding(id: id, tenant: tenant),
            random: random
        )
    }

    /// Opens a stored key with the master key it names.
    ///
    /// Throws `unknownKey` when the ring lacks that one, and `authenticationFailed` when the stored
    /// key is another tenant's or has another name.
    package static func unwrap(
        _ wrapped: [UInt8],
        id: KeyID,
        tenant: String,
        with ring: MasterKeyRing
    ) throws -> DataKey {
        let envelope = try Envelope(wrapped)
        let key = try envelope.open(
            with: ring.key(envelope.keyID),
            boundTo: binding(id: id, tenant: tenant)
        )
        guard key.count == AESGCM.keyLength else {
            throw CryptographyError(.invalidEnvelope, "data key of \(key.count) bytes")
        }
        return DataKey(id: id, key: key)
    }

    /// A key of its own for another use, such as fingerprints; the same `info` gives the same key.
    package func derive(_ info: String) throws -> SecretBytes {
        try HKDF.derive(from: key, info: Array("sendproof \(info)".utf8))
    }

    /// Seals one of the tenant's values; gives the bytes to store.
    package func seal(
        _ plaintext: SecretBytes,
        boundTo binding: AdditionalData,
        random: RandomSource
    ) throws -> [UInt8] {
        try Envelope.seal(plaintext, under: key, keyID: id, boundTo: binding, random: random)
    }

    /// Opens one of the tenant's values; throws `unknownKey` when another data key sealed it.
    package func open(_ sealed: [UInt8], boundTo binding: AdditionalData) throws -> SecretBytes {
        let envelope = try Envelope(sealed)
        guard envelope.keyID == id else {
            throw CryptographyError(.unknownKey, "data key \(envelope.keyID), this is \(id)")
        }
        return try envelope.open(with: key, boundTo: binding)
    }

    private static func binding(id: KeyID, tenant: String) -> AdditionalData {
        AdditionalData(purpose: "data-key/1", [.text(tenant), .text(id.text)])
    }
}
