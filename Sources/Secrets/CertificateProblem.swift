package import Cryptography
package import Postgres

/// What is wrong with a certificate, or soon will be.
package enum CertificateProblem: Sendable, Equatable {
    /// A request whose certificate has not been installed.
    case waiting
    case expired(Timestamp)
    case notYetValid(Timestamp)
    /// Whole days until it ends; a warning.
    case endsSoon(days: Int)
    /// It cannot be read; the reason for the person.
    case unreadable(String)
    /// It is not made for the use; the reason for the person.
    case unsuitable(String)

    /// Days before the end from which on there is a warning.
    package static let warningDays = 30

    /// Whether the certificate cannot be used now.
    package var isFatal: Bool {
        if case .endsSoon = self { return false }
        return true
    }

    /// What the calendar says of `certificate`.
    init?(_ certificate: Certificate, at now: Timestamp) {
        let second = Timestamp.ofSecond
        if now > second(certificate.notAfter) {
            self = .expired(second(certificate.notAfter))
        } else if now < second(certificate.notBefore) {
            self = .notYetValid(second(certificate.notBefore))
        } else {
            let rest = (second(certificate.notAfter) - now).components.seconds
            guard rest <= Int64(Self.warningDays) * 86_400 else { return nil }
            self = .endsSoon(days: Int(rest / 86_400))
        }
    }

    /// The reason in a sentence, with what to do.
    package var text: String {
        switch self {
        case .waiting:
            "It waits for its certificate. Have the request signed and install what comes back."
        case .expired(let end):
            "It expired on \(end.day). Have a new one issued and install it."
        case .notYetValid(let start):
            "It is valid only from \(start.day) on. Wait, or check the server's clock."
        case .endsSoon(let days):
            days == 0
                ? "It expires within a day. Have a new one issued."
                : "It expires in \(days) \(days == 1 ? "day" : "days"). Have a new one issued."
        case .unreadable(let reason), .unsuitable(let reason): reason
        }
    }
}

extension CertificateRole {
    /// Which kinds of certificates the field can name.
    var kinds: Set<CertificateKind> {
        switch self {
        case .trustedCA: [.authority]
        case .clientCertificate, .signCertificate: [.own]
        // The own one too: a copy for oneself has to be readable.
        case .encryptCertificate: [.recipient, .own]
        }
    }

    /// Why `certificate` does not serve this purpose; nil when it does.
    package func refusal(of certificate: Certificate) -> String? {
        let usage = certificate.usage
        switch self {
        case .trustedCA:
            return certificate.isAuthority || certificate.isSelfSigned
                ? nil : "It is no authority's certificate, and did not sign itself."
        case .clientCertificate:
            if !usage.allowsClient { return Self.lacks("clientAuth") }
            return usage.allowsSigning ? nil : Self.lacks("digitalSignature")
        case .signCertificate:
            if !usage.allowsEmail { return Self.lacks("emailProtection") }
            return usage.allowsSigning ? nil : Self.lacks("digitalSignature")
        case .encryptCertificate:
            if !usage.allowsEmail { return Self.lacks("emailProtection") }
            if certificate.key.kind.utf8.starts(with: "Ed".utf8) {
                return "Its key (\(certificate.key.kind)) can sign, but nothing can be encrypted "
                    + "to it."
            }
            return usage.allowsEncryption ? nil : Self.lacks("keyEncipherment or keyAgreement")
        }
    }

    private static func lacks(_ usage: String) -> String {
        "Its issuer did not allow this use: \(usage) is missing. Have one issued that has it."
    }
}

extension Timestamp {
    static func ofSecond(_ second: Int64) -> Timestamp {
        // A certificate's times lie in the years 0 to 9999.
        Timestamp(microseconds: second.multipliedReportingOverflow(by: 1_000_000).partialValue)
    }

    /// The date in UTC: `2026-11-21`.
    var day: String { String(decoding: description.utf8.prefix(10), as: UTF8.self) }
}
