import COpenSSL
package import Observability

/// The settings that TLS connections of one kind share: OpenSSL's `SSL_CTX`.
///
/// TLS 1.2 and 1.3 only. To reload a server's certificate make a new context for the connections
/// that follow; those that exist keep theirs.
package struct TLSContext: Sendable {
    private let owner: Owner
    var pointer: OpaquePointer { owner.pointer }

    private final class Owner: @unchecked Sendable {
        // @unchecked: an SSL_CTX is reference-counted and, after its set-up, only read.
        let pointer: OpaquePointer
        init(_ pointer: OpaquePointer) { self.pointer = pointer }
        deinit { SSL_CTX_free(pointer) }
    }

    private init(method: OpaquePointer?) throws(TLSError) {
        ERR_clear_error()
        guard let pointer = SSL_CTX_new(method) else { throw .configuration("no context") }
        owner = Owner(pointer)
        guard sendproof_tls_only_modern(pointer) == 1 else { throw .configuration("versions") }
        sendproof_tls_set_modes(pointer)
    }

    /// A client that trusts the system's store and the certificates in `trustedPEM`.
    ///
    /// Any certificate of `trustedPEM` (or one in DER form) is trusted by itself, also one that is
    /// not an authority's. `identity` is shown to a server that asks for a client certificate.
    /// Throws: `.configuration` when `trustedPEM` is not empty and holds no certificate, `.identity`
    /// when `identity` cannot be used.
    package static func client(
        trustedPEM: [UInt8] = [],
        identity: TLSIdentity? = nil
    ) throws(TLSError) -> TLSContext {
        let context = try TLSContext(method: TLS_client_method())
        // Never refused by OpenSSL itself: the stream decides after the handshake, so that the
        // chain of a refused server is known.
        SSL_CTX_set_verify(context.pointer, SSL_VERIFY_NONE, nil)
        // Not the "default paths": they add a third way to the same folder, which reads all of it
        // whenever an issuer is not found.
        guard SSL_CTX_set_default_verify_file(context.pointer) == 1,
            SSL_CTX_set_default_verify_dir(context.pointer) == 1
        else { throw .configuration("the system's certificates") }
        if let identity { try identity.install(in: context.pointer) }
        guard !trustedPEM.isEmpty else { return context }
        let store = SSL_CTX_get_cert_store(context.pointer)
        let trusted = certificates(inPEM: trustedPEM)
        guard !trusted.isEmpty else { throw .configuration("no certificate in the trusted PEM") }
        for certificate in trusted {
            X509_STORE_add_cert(store, certificate)
            X509_free(certificate)
        }
        X509_STORE_set_flags(store, UInt(X509_V_FLAG_PARTIAL_CHAIN))
        return context
    }

    /// A client that speaks TLS 1.0 and 1.1 only, to find out whether a server does.
    ///
    /// Nothing may be sent over such a connection; its certificate is not judged.
    package static func outdatedClient() throws(TLSError) -> TLSContext {
        let context = try TLSContext(method: TLS_client_method())
        guard sendproof_tls_only_outdated(context.pointer) == 1 else {
            throw .configuration("versions")
        }
        SSL_CTX_set_verify(context.pointer, SSL_VERIFY_NONE, nil)
        return context
    }

    /// A server with a certificate chain (its own certificate first) and the key to it.
    package static func server(
        certificatePEM: [UInt8],
        keyPEM: Redacted<[UInt8]>
    ) throws(TLSError) -> TLSContext {
        let context = try TLSContext(method: TLS_server_method())
        let chain = certificates(inPEM: certificatePEM)
        defer { for certificate in chain { X509_free(certificate) } }
        guard let own = chain.first, SSL_CTX_use_certificate(context.pointer, own) == 1 else {
            throw .configuration("no certificate in the PEM")
        }
        for certificate in chain.dropFirst() {
            guard sendproof_tls_add_chain(context.pointer, certificate) == 1 else {
                throw .configuration("the certificate chain")
            }
        }
        guard let key = TLSIdentity.privateKey(keyPEM, password: nil) else {
            throw .configuration("the key")
        }
        defer { EVP_PKEY_free(key) }
        guard SSL_CTX_use_PrivateKey(context.pointer, key) == 1,
            SSL_CTX_check_private_key(context.pointer) == 1
        else { throw .configuration("the key does not fit the certificate") }
        return context
    }

    /// A server with a certificate chain and a key from PEM files.
    package static func server(
        certificateFile: String,
        keyFile: String
    ) throws(TLSError) -> TLSContext {
        let context = try TLSContext(method: TLS_server_method())
        guard SSL_CTX_use_certificate_chain_file(context.pointer, certificateFile) == 1 else {
            throw .configuration("the certificate file \(certificateFile)")
        }
        guard SSL_CTX_use_PrivateKey_file(context.pointer, keyFile, SSL_FILETYPE_PEM) == 1,
            SSL_CTX_check_private_key(context.pointer) == 1
        else { throw .configuration("the key file \(keyFile)") }
        return context
    }

    /// The certificates of a PEM text; the caller frees each.
    static func certificates(inPEM bytes: [UInt8]) -> [OpaquePointer] {
        bytes.withUnsafeBytes { bytes in
            var found: [OpaquePointer] = []
            guard let source = sendproof_tls_memory(bytes.baseAddress, Int32(clamping: bytes.count))
            else { return found }
            defer { BIO_free(source) }
            // DER begins with a sequence, PEM with text.
            if bytes.first == 0x30, let only = d2i_X509_bio(source, nil) { return [only] }
            while let certificate = PEM_read_bio_X509(source, nil, nil, nil) {
                found.append(certificate)
            }
            ERR_clear_error()
            return found
        }
    }
}
