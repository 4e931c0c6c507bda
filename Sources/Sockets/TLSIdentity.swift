import COpenSSL
package import Observability

/// A certificate with its key, as a client shows it: PEM with both, or PKCS#12.
package struct TLSIdentity: Sendable {
    private let bytes: Redacted<[UInt8]>
    private let password: Redacted<[UInt8]>?

    /// Takes the file's bytes; `password` (UTF-8) opens the key when it is encrypted.
    package init(_ bytes: Redacted<[UInt8]>, password: Redacted<[UInt8]>? = nil) {
        self.bytes = bytes
        self.password = password
    }

    /// Throws: `.identity` that says what is missing.
    func install(in context: OpaquePointer) throws(TLSError) {
        ERR_clear_error()
        let isPEM = bytes.reveal { $0.first != 0x30 }
        let (chain, key) = try isPEM ? pem() : pkcs12()
        defer {
            for certificate in chain { X509_free(certificate) }
            EVP_PKEY_free(key)
        }
        guard let own = chain.first, SSL_CTX_use_certificate(context, own) == 1 else {
            throw .identity("no certificate in the file")
        }
        guard SSL_CTX_use_PrivateKey(context, key) == 1, SSL_CTX_check_private_key(context) == 1
        else { throw .identity("the key does not fit the certificate") }
        for certificate in chain.dropFirst() {
            guard sendproof_tls_add_chain(context, certificate) == 1 else {
                throw .identity("the certificate chain")
            }
        }
    }

    private typealias Parts = (chain: [OpaquePointer], key: OpaquePointer)

    private func pem() throws(TLSError) -> Parts {
        let chain = bytes.reveal(TLSContext.certificates(inPEM:))
        guard let key = Self.privateKey(bytes, password: password) else {
            for certificate in chain { X509_free(certificate) }
            throw .identity("no key in the file that the password opens")
        }
        return (chain, key)
    }

    private func pkcs12() throws(TLSError) -> Parts {
        let store = bytes.reveal { bytes in
            bytes.withUnsafeBytes { bytes -> OpaquePointer? in
                let source = sendproof_tls_memory(bytes.baseAddress, Int32(clamping: bytes.count))
                defer { BIO_free(source) }
                return d2i_PKCS12_bio(source, nil)
            }
        }
        guard let store else { throw .identity("neither PEM nor PKCS#12") }
        defer { PKCS12_free(store) }
        var key: OpaquePointer?
        var certificate: OpaquePointer?
        var others: OpaquePointer?
        let word = (password?.reveal { $0 } ?? []) + [0]
        let isOpen = word.withUnsafeBufferPointer { word in
            word.withMemoryRebound(to: CChar.self) {
                PKCS12_parse(store, $0.baseAddress, &key, &certificate, &others)
            }
        }
        guard isOpen == 1 else { throw .identity("the password does not open the file") }
        defer { sendproof_tls_free_chain(others) }
        guard let key else {
            X509_free(certificate)
            throw .identity("no key in the file")
        }
        var chain = certificate.map { [$0] } ?? []
        for index in 0..<min(sendproof_tls_chain_count(others), 16) {
            guard let other = sendproof_tls_chain_at(others, index) else { continue }
            X509_up_ref(other)
            chain.append(other)
        }
        return (chain, key)
    }

    /// Reads a key in PEM form; the caller frees it.
    static func privateKey(
        _ bytes: Redacted<[UInt8]>,
        password: Redacted<[UInt8]>?
    ) -> OpaquePointer? {
        let word = (password?.reveal { $0 } ?? []) + [0]
        return bytes.reveal { bytes in
            bytes.withUnsafeBytes { bytes in
                guard
                    let source = sendproof_tls_memory(
                        bytes.baseAddress,
                        Int32(clamping: bytes.count)
                    )
                else { return nil }
                defer { BIO_free(source) }
                // Without a callback OpenSSL takes the context for the password; an empty one
                // refuses a key that has one, instead of asking at the terminal.
                return word.withUnsafeBytes { word in
                    let context = UnsafeMutableRawPointer(mutating: word.baseAddress)
                    return PEM_read_bio_PrivateKey(source, nil, nil, context)
                }
            }
        }
    }
}
