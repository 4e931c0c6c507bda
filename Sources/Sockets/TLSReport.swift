/// What a TLS handshake found out about the other side, also when the certificate was refused.
package struct TLSReport: Sendable, Equatable {
    /// `TLSv1.3`, or `TLSv1.2`.
    package let protocolName: String
    /// OpenSSL's name of the cipher suite, `TLS_AES_256_GCM_SHA384`.
    package let cipher: String
    /// The certificates as the other side sent them, its own first; empty on a server without
    /// client certificates.
    package let chain: [TLSCertificate]
    package let verification: TLSVerification
    /// What was expected at the other end; nil on a server.
    package let name: TLSPeerName?
    package let clientCertificate: ClientCertificateUse
}

/// What became of our own certificate in a client's handshake.
package enum ClientCertificateUse: String, Sendable {
    case notAsked
    /// The server asked for one, and there is none.
    case missing
    case presented
}

/// What became of the check of the other side's certificate.
package enum TLSVerification: Sendable, Equatable {
    case passed
    case failed(TLSRefusal)
    /// The server has the key that was pinned; the refusal is what the check of its certificate
    /// would have said, nil for nothing.
    case pinned(TLSRefusal?)
    /// The check was switched off; the refusal is what it would have said, nil for nothing.
    case switchedOff(TLSRefusal?)
}

/// The rule that a certificate breaks.
package struct TLSRefusal: Sendable, Equatable {
    package enum Reason: String, Sendable, CaseIterable {
        /// The certificate is its own issuer.
        case selfSigned
        /// The issuer is not known here, or known and not trusted.
        case untrusted
        case expired
        case notYetValid
        /// The certificate belongs to another name or address (RFC 9525).
        case hostName
        /// The server has another key than the pinned one.
        case pinnedKey
        /// The key or the signature is too weak for today.
        case weak
        /// A certificate that may not be used for this, such as an authority's as a server's.
        case wrongPurpose
        case invalid
    }

    package let reason: Reason
    /// Which certificate of the chain breaks the rule, 0 for the server's own.
    package let depth: Int
    /// OpenSSL's words.
    package let detail: String
}

/// One certificate, for a person to read.
package struct TLSCertificate: Sendable, Equatable {
    /// RFC 2253 form, `CN=mail.example.com,O=Example`.
    package let subject: String
    package let issuer: String
    /// DNS names and IP addresses of the subject alternative name extension.
    package let names: [String]
    /// Seconds since 1970.
    package let notBefore: Int64
    /// Seconds since 1970.
    package let notAfter: Int64
    /// SHA-256 over the DER form, lower-case hexadecimal without separators.
    package let fingerprint: String
    /// Kind and size of the key: `RSA 2048`, `EC prime256v1`.
    package let key: String
    /// SHA-256 over the key in DER form (SubjectPublicKeyInfo), as it is pinned.
    package let keyDigest: [UInt8]
    /// OpenSSL's name of the signature algorithm: `ecdsa-with-SHA256`.
    package let signature: String
}

/// Whom the client expects at the other end: for SNI and for the name check.
package enum TLSPeerName: Sendable, Equatable {
    /// A host name in ASCII form.
    case host(String)
    /// A numeric address, without brackets; no SNI (RFC 6066, section 3).
    case address(String)
}
