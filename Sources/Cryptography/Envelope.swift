/// A sealed value as it is stored: which key opens it stands in the open, everything is protected.
///
/// Version 1: `53 50 01`, length of the key's name, the name, 12 bytes of nonce, ciphertext, 16
/// bytes of tag. Everything before the nonce is part of the additional data.
package struct Envelope: Equatable, Sendable {
    private static let signature: [UInt8] = [0x53, 0x50, 0x01]

    /// The name of the key that opens this.
    package let keyID: KeyID
    private let header: [UInt8]
    private let nonce: [UInt8]
    private let sealed: [UInt8]

    /// Reads a stored value; throws `invalidEnvelope` unless it has the form described above.
    package init(_ bytes: [UInt8]) throws {
        let lengthIndex = Self.signature.count
        guard bytes.starts(with: Self.signature), bytes.count > lengthIndex else {
            throw CryptographyError(.invalidEnvelope, "not an envelope of version 1")
        }
        let headerLength = lengthIndex + 1 + Int(bytes[lengthIndex])
        let sealedIndex = headerLength + AESGCM.nonceLength
        guard bytes.count >= sealedIndex + AESGCM.tagLength else {
            throw CryptographyError(.invalidEnvelope, "only \(bytes.count) bytes")
        }
        do {
            keyID = try KeyID(bytes: bytes[(lengthIndex + 1)..<headerLength])
        } catch {
            throw CryptographyError(.invalidEnvelope, "the name of its key is damaged")
        }
        header = Array(bytes[..<headerLength])
        nonce = Array(bytes[headerLength..<sealedIndex])
        sealed = Array(bytes[sealedIndex...])
    }

    /// Encrypts `plaintext` under a fresh nonce and gives the bytes to store.
    package static func seal(
        _ plaintext: SecretBytes,
        under key: SecretBytes,
        keyID: KeyID,
        boundTo binding: AdditionalData,
        random: RandomSource
    ) throws -> [UInt8] {
        let name = Array(keyID.text.utf8)
        let header = signature + [UInt8(name.count)] + name
        let nonce = random.bytes(count: AESGCM.nonceLength)
        let sealed = try AESGCM.seal(
            plaintext: plaintext,
            key: key,
            nonce: nonce,
            additionalData: header + binding.bytes
        )
        return header + nonce + sealed
    }

    /// Decrypts; throws `authenticationFailed` for another key, another binding or a changed bit.
    package func open(
        with key: SecretBytes,
        boundTo binding: AdditionalData
    ) throws -> SecretBytes {
        try AESGCM.open(sealed, key: key, nonce: nonce, additionalData: header + binding.bytes)
    }
}
