import COpenSSL

/// A private key for signing or decrypting, freed with its last user.
// Unchecked: libcrypto's keys are counted references, and nothing changes one after init.
package final class CMSKey: @unchecked Sendable {
    let pointer: OpaquePointer

    /// Reads a key as PKCS#8 in DER, not encrypted; throws `CMSError.unreadableKey`.
    package init(pkcs8 der: SecretBytes) throws {
        let key = der.withPointer { bytes in
            var start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
            return d2i_AutoPrivateKey(nil, &start, bytes.count)
        }
        guard let key else {
            throw CMSError(.unreadableKey, OpenSSLFailure.drain())
        }
        pointer = key
    }

    deinit {
        EVP_PKEY_free(pointer)
    }

    /// Whether the certificate's public key is the other half of this one.
    package func belongs(to certificate: CMSCertificate) throws -> Bool {
        let handle = try CMSHandle(der: certificate.der)
        defer { ERR_clear_error() }
        return X509_check_private_key(handle.pointer, pointer) == 1
    }
}

extension CMSKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "[redacted]" }
    package var debugDescription: String { "[redacted]" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
