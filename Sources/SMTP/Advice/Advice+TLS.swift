import Sockets

/// Encryption: certificates, versions, and the wrong TLS mode in both directions.
extension Advice {
    static func tls(
        _ error: TLSError,
        at step: StepName,
        in situation: Situation
    ) -> AdviceEntry {
        switch error.kind {
        case .certificate(let refusal): certificate(refusal.reason)
        case .plainText: step == .tls ? plainExpected : plainAfterStartTLS
        case .protocolVersion: oldVersions
        case .clientCertificateRequired: clientCertificateRequired
        case .clientCertificateRejected, .rejectedCertificate: clientCertificateRejected
        case .timedOut: step == .tls ? tlsSilence : tlsTimeout
        case .closed, .reset: tlsClosed
        case .handshake, .configuration, .identity, .cancelled: handshakeFailed
        }
    }

    private static func certificate(_ reason: TLSRefusal.Reason) -> AdviceEntry {
        switch reason {
        case .selfSigned: selfSigned
        case .untrusted: untrusted
        case .expired: expired
        case .notYetValid: notYetValid
        case .hostName: otherName
        case .pinnedKey: otherKey
        case .weak: weakCertificate
        case .wrongPurpose, .invalid: invalidCertificate
        }
    }

    static let selfSigned = AdviceEntry(
        .tlsSelfSigned,
        field: "trustedCA",
        who: .administrator,
        cause: "The relay's certificate ({subject}) is self-signed: no authority that this server "
            + "trusts vouches for it. That is usual for relays inside a company.",
        advice: "Ask the mail administrator for the certificate, compare its fingerprint with the "
            + "one shown here, and choose it as the trusted CA."
    )

    static let untrusted = AdviceEntry(
        .tlsUntrusted,
        field: "trustedCA",
        who: .administrator,
        cause: "The relay's certificate was issued by {issuer}, which this server does not trust. "
            + "It may be a company's own authority, or the relay does not send the intermediate "
            + "certificate.",
        advice: "Ask the mail administrator for the CA certificate and choose it as the trusted "
            + "CA, or ask them to send the full chain."
    )

    static let expired = AdviceEntry(
        .tlsExpired,
        field: "verifyCertificate",
        who: .mailAdministrator,
        cause: "The relay's certificate ({subject}) expired on {notAfter}.",
        advice: "Ask the mail administrator to renew the certificate of {host}."
    )

    static let notYetValid = AdviceEntry(
        .tlsNotYetValid,
        field: "verifyCertificate",
        who: .mailAdministrator,
        cause: "The relay's certificate ({subject}) is valid only from {notBefore}. If that is in "
            + "the past, the clock of this server is wrong.",
        advice: "Check the clock of this server. If it is right, ask the mail administrator to "
            + "install a certificate that is valid now."
    )

    static let otherName = AdviceEntry(
        .tlsHostName,
        field: "host",
        who: .administrator,
        cause: "The relay's certificate belongs to {names}, not to {host}. Most often the relay is "
            + "addressed by an alias or by its number.",
        advice: "Enter one of the names in the certificate as the host, or ask the mail "
            + "administrator for a certificate that names {host}."
    )

    static let weakCertificate = AdviceEntry(
        .tlsWeak,
        field: "verifyCertificate",
        who: .mailAdministrator,
        cause: "The relay's certificate ({subject}) uses a key or a signature that is too weak for "
            + "today.",
        advice: "Ask the mail administrator for a certificate with a key of at least 2048 bits "
            + "and a SHA-256 signature."
    )

    static let invalidCertificate = AdviceEntry(
        .tlsInvalid,
        field: "verifyCertificate",
        who: .mailAdministrator,
        cause: "The relay's certificate ({subject}) breaks a rule: {detail}.",
        advice: "Ask the mail administrator to install a certificate made for a server."
    )

    static let plainExpected = AdviceEntry(
        .tlsPlainExpected,
        field: "tls",
        who: .administrator,
        cause: "The server speaks plain SMTP first on port {port}: it answered the start of the "
            + "encryption with plain text.",
        advice: "Choose STARTTLS (or none, if the relay has no encryption), or enter the port for "
            + "implicit TLS, usually 465."
    )

    static let tlsExpected = AdviceEntry(
        .tlsTLSExpected,
        field: "tls",
        who: .administrator,
        cause: "The server expects TLS from the first byte on port {port}: it did not greet in "
            + "plain text.",
        advice: "Choose implicit TLS, or enter the port for STARTTLS, usually 587."
    )

    static let plainAfterStartTLS = AdviceEntry(
        .tlsHandshake,
        field: "tls",
        who: .mailAdministrator,
        cause: "The relay agreed to STARTTLS and then went on in plain text. A device in between "
            + "that does not understand STARTTLS is a likely reason.",
        advice: "Ask the network team whether a firewall inspects SMTP, and the mail "
            + "administrator whether STARTTLS works on port {port}."
    )

    static let oldVersions = AdviceEntry(
        .tlsProtocolVersion,
        field: "tls",
        who: .mailAdministrator,
        cause: "The relay speaks neither TLS 1.2 nor TLS 1.3. Older versions are not secure and "
            + "are not used here.",
        advice: "Ask the mail administrator to enable TLS 1.2 or later on {host}."
    )

    static let clientCertificateRequired = AdviceEntry(
        .tlsClientCertificateRequired,
        field: "clientCertificate",
        who: .administrator,
        cause: "The relay accepts only clients that present a certificate it knows.",
        advice: "Ask the mail administrator for a client certificate, or for a port that works "
            + "with user name and password."
    )

    static let clientCertificateRejected = AdviceEntry(
        .tlsClientCertificateRejected,
        field: "clientCertificate",
        who: .mailAdministrator,
        cause: "The relay does not accept the client certificate: it does not know its issuer, or "
            + "the certificate is expired, revoked or not meant for clients.",
        advice: "Ask the mail administrator which client certificates {host} accepts, and choose "
            + "one of them."
    )

    static let clientCertificateInvalid = AdviceEntry(
        .clientCertificateInvalid,
        field: "clientCertificate",
        who: .administrator,
        cause: "The client certificate cannot be used: {detail}.",
        advice: "Choose a file that holds the certificate and its key, in PEM or PKCS#12 form, and "
            + "enter its password if it has one."
    )

    static let otherKey = AdviceEntry(
        .tlsPinnedKey,
        field: "pinnedKey",
        who: .mailAdministrator,
        cause: "The relay has another key than the pinned one ({subject}). Either its key was "
            + "changed, or somebody in between takes its place.",
        advice: "Ask the mail administrator of {host} whether the key was changed. Only then enter "
            + "the new one, which this test shows."
    )

    static let outdatedTLS = AdviceEntry(
        .tlsProtocolVersion,
        field: "tls",
        who: .mailAdministrator,
        cause: "The relay speaks {version} at most. Versions before TLS 1.2 are not secure and are "
            + "not used here.",
        advice: "Ask the mail administrator to enable TLS 1.2 or later on {host}."
    )

    static let tlsTimeout = AdviceEntry(
        .tlsTimeout,
        field: "tls",
        who: .network,
        temporary: true,
        cause: "The TLS handshake with {address} was not finished within {seconds} seconds. A "
            + "firewall that inspects the traffic is a likely reason.",
        advice: "Ask the network team whether a device between this server and {address} inspects "
            + "or delays TLS."
    )

    static let tlsSilence = AdviceEntry(
        .tlsTimeout,
        field: "tls",
        who: .administrator,
        cause: "{address} did not answer the start of the encryption on port {port} within "
            + "{seconds} seconds. The port may speak plain SMTP, or a firewall holds the traffic "
            + "back.",
        advice: "Check port and TLS mode: implicit TLS is usually on port 465, STARTTLS on 587. If "
            + "they are right, ask the network team."
    )

    static let tlsClosed = AdviceEntry(
        .tlsHandshake,
        field: "tls",
        who: .mailAdministrator,
        cause: "The relay closed the connection during the TLS handshake. It may not speak TLS on "
            + "this port, or it accepts no version or cipher that is used here.",
        advice:
            "Check that port {port} is the right one for the chosen TLS mode, then ask the mail "
            + "administrator to look at the relay's log."
    )

    static let handshakeFailed = AdviceEntry(
        .tlsHandshake,
        field: "tls",
        who: .mailAdministrator,
        cause: "The relay did not complete the TLS handshake: {detail}.",
        advice: "Ask the mail administrator to look at the relay's log; its TLS settings must "
            + "allow TLS 1.2 or 1.3 with common ciphers."
    )

    static let startTLSNotOffered = AdviceEntry(
        .startTLSNotOffered,
        field: "tls",
        who: .mailAdministrator,
        cause: "STARTTLS is required, and the relay does not offer it on port {port}. If it used "
            + "to, somebody in between may have removed the offer (a downgrade).",
        advice: "Ask the mail administrator to enable STARTTLS, or choose implicit TLS if the "
            + "relay has a port for it, usually 465."
    )

    static let startTLSRefused = AdviceEntry(
        .startTLSRefused,
        field: "tls",
        who: .mailAdministrator,
        cause: "The relay offers STARTTLS and then refused it. Most often its certificate or key "
            + "cannot be loaded; a downgrade by somebody in between looks the same.",
        advice: "Ask the mail administrator to check the relay's TLS settings and its log."
    )

    static let injectedPlaintext = AdviceEntry(
        .injectedPlaintext,
        field: "tls",
        who: .network,
        cause: "Plain text arrived after the relay agreed to STARTTLS and before the encryption "
            + "began. Somebody in between may try to put words into the relay's mouth; the "
            + "connection was dropped.",
        advice: "Ask the network team and the mail administrator to look into it. Until then "
            + "choose implicit TLS if the relay has a port for it."
    )

    static let tlsEntries = [
        selfSigned, untrusted, expired, notYetValid, otherName, weakCertificate, invalidCertificate,
        plainExpected, tlsExpected, plainAfterStartTLS, oldVersions,
        clientCertificateRequired, clientCertificateRejected, clientCertificateInvalid, otherKey,
        outdatedTLS, tlsTimeout, tlsSilence, tlsClosed, handshakeFailed,
        startTLSNotOffered, startTLSRefused, injectedPlaintext,
    ]
}
