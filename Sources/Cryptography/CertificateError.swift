import Observability

/// Why a certificate, a request, a key or a PKCS#12 file cannot be used.
package struct CertificateError: ExplainedError, Equatable {
    package enum Kind: String, Sendable, CaseIterable {
        case empty, tooLarge, tooMany
        /// What it is instead of a certificate.
        case notACertificate, isRequest, isPKCS12, isPrivateKey, isPKCS7
        case damaged
        case notPKCS12, passwordRequired, wrongPassword, tooExpensive, noKey, noCertificate
        case oldCipherMissing
        case keyDoesNotBelong, chainDoesNotBelong, unsupportedKey
        case invalidSubject
    }

    package let kind: Kind
    /// What exactly, for the log; never a secret.
    package let detail: String

    package init(_ kind: Kind, _ detail: String = "") {
        self.kind = kind
        self.detail = detail
    }

    package var code: String { "certificate.\(kind.rawValue)" }

    package var operatorText: String {
        detail.isEmpty ? kind.rawValue : "\(kind.rawValue): \(detail)"
    }
}

extension CertificateError {
    package var userText: String {
        switch kind {
        case .empty: "There is nothing in it. Choose a file, or paste its text."
        case .tooLarge: "It is larger than a certificate can be (64 KB each, 1 MB a file)."
        case .tooMany: "It has more than 64 certificates. Take only those that are needed."
        case .notACertificate:
            "This is not a certificate. Use a DER file (.cer, .crt, .der) or a PEM file (.pem)."
        case .isRequest:
            "This is a signing request, not the certificate issued for it. "
                + "Send it to the certificate authority, and install what comes back."
        case .isPKCS12:
            "This is a PKCS#12 file (.p12, .pfx). Install it as a certificate with private key, "
                + "with its password."
        case .isPrivateKey:
            "There is a private key in it and no certificate. Keep it secret, and use the "
                + "certificate's own file."
        case .isPKCS7:
            "This is a PKCS#7 file (.p7b, .p7c). Save the certificates in it as PEM, for example "
                + "with: openssl pkcs7 -print_certs."
        case .damaged: "The file is damaged: a part of it cannot be read. Get it once more."
        case .notPKCS12:
            "This is not a PKCS#12 file (.p12, .pfx), or it is damaged. Get it once more."
        case .passwordRequired: "The file is protected. Enter its password."
        case .wrongPassword:
            "The password does not open the file. Enter the one it was exported with."
        case .tooExpensive:
            "The file asks for more work to open it than is reasonable. Export it again with the "
                + "usual settings."
        case .noKey: "There is no private key in the file. Export it together with its key."
        case .noCertificate:
            "There is no certificate in the file. Export the key together with its certificate."
        case .oldCipherMissing:
            "The file uses an old cipher that this server does not have. Export it again with AES."
        case .keyDoesNotBelong:
            "The certificate and the private key do not belong together. "
                + "Take the certificate that was issued for this key."
        case .chainDoesNotBelong:
            "The first certificate in the file is not the one for the key. "
                + "Put it first, its issuer after it."
        case .unsupportedKey:
            "This kind of key is not supported. Use RSA with 1024 to 16384 bits, EC or EdDSA."
        case .invalidSubject:
            "A part of the name is empty, too long, or has a character that cannot be used."
        }
    }
}
