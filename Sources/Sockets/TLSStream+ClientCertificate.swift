import COpenSSL

extension TLSStream {
    /// Notes whether the server asks for a certificate; OpenSSL then sends the context's.
    func watchForCertificateRequest() {
        SSL_set_cert_cb(
            session,
            { _, context in
                guard let context else { return 1 }
                Unmanaged<TLSStream>.fromOpaque(context).takeUnretainedValue()
                    .isCertificateAsked = true
                return 1
            },
            Unmanaged.passUnretained(self).toOpaque()
        )
    }

    var certificateUse: ClientCertificateUse {
        guard isCertificateAsked else { return .notAsked }
        return SSL_get_certificate(session) == nil ? .missing : .presented
    }

    /// A refusal of our certificate told from other refusals: before TLS 1.3 the alert for a
    /// missing one is the one for everything.
    func refined(_ error: TLSError) -> TLSError {
        switch (certificateUse, error.kind) {
        case (.missing, .handshake): TLSError(.clientCertificateRequired, detail: error.detail)
        case (.presented, .rejectedCertificate), (.presented, .clientCertificateRequired):
            TLSError(.clientCertificateRejected, detail: error.detail)
        case (_, .rejectedCertificate): TLSError(.handshake, detail: error.detail)
        default: error
        }
    }
}
