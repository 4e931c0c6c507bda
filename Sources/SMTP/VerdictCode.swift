/// What a run came to, stable for programs; `docs/verdicts.md` lists them all.
package enum VerdictCode: String, CaseIterable, Sendable {
    // Success.
    case connected = "smtp.connected"
    case accepted = "smtp.accepted"

    // The settings.
    case credentialsMissing = "smtp.authentication.credentialsMissing"
    case credentialsInvalid = "smtp.authentication.credentialsInvalid"
    case trustedCertificatesInvalid = "tls.trustedCertificatesInvalid"
    case clientCertificateInvalid = "tls.clientCertificateInvalid"
    case noRecipient = "smtp.recipient.missing"

    // The name.
    case dnsNotFound = "dns.notFound"
    case dnsNoAddress = "dns.noAddress"
    case dnsServerFailure = "dns.serverFailure"
    case dnsTimeout = "dns.timeout"
    case dnsNullMX = "dns.nullMX"

    // The network.
    case tcpRefused = "tcp.refused"
    case tcpTimeout = "tcp.timeout"
    case tcpUnreachable = "tcp.unreachable"
    case tcpReset = "tcp.reset"
    case tcpFailed = "tcp.failed"
    case egressForbidden = "egress.forbidden"

    // The proxy.
    case proxySettings = "proxy.settings"
    case proxyNotFound = "proxy.notFound"
    case proxyUnreachable = "proxy.unreachable"
    case proxyTimeout = "proxy.timeout"
    case proxyRefused = "proxy.refused"
    case proxyAuthentication = "proxy.authentication"
    case proxyTargetUnreachable = "proxy.targetUnreachable"
    case proxyUnsupported = "proxy.unsupported"
    case proxyProtocol = "proxy.protocol"

    // Encryption.
    case tlsUntrusted = "tls.untrusted"
    case tlsSelfSigned = "tls.selfSigned"
    case tlsExpired = "tls.expired"
    case tlsNotYetValid = "tls.notYetValid"
    case tlsHostName = "tls.hostName"
    case tlsRevoked = "tls.revoked"
    case tlsWeak = "tls.weakCertificate"
    case tlsInvalid = "tls.invalidCertificate"
    case tlsProtocolVersion = "tls.protocolVersion"
    case tlsClientCertificateRequired = "tls.clientCertificateRequired"
    case tlsClientCertificateRejected = "tls.clientCertificateRejected"
    case tlsPinnedKey = "tls.pinnedKey"
    case tlsPlainExpected = "tls.wrongMode.plainExpected"
    case tlsTLSExpected = "tls.wrongMode.tlsExpected"
    case tlsHandshake = "tls.handshake"
    case tlsTimeout = "tls.timeout"
    case startTLSNotOffered = "tls.startTLSNotOffered"
    case startTLSRefused = "tls.startTLSRefused"
    case injectedPlaintext = "tls.injectedPlaintext"

    // The conversation.
    case greetingRefused = "smtp.greeting.refused"
    case greetingTimeout = "smtp.greeting.timeout"
    case notSMTP = "smtp.notSMTP"
    case protocolViolation = "smtp.protocol"
    case closed = "smtp.closed"
    case timeout = "smtp.timeout"
    case temporary = "smtp.temporary"
    case tooManyConnections = "smtp.tooManyConnections"
    case ehloRejected = "smtp.ehlo.rejected"
    case encryptionRequired = "smtp.encryptionRequired"

    // Authentication.
    case authenticationNotOffered = "smtp.authentication.notOffered"
    case authenticationRejected = "smtp.authentication.rejected"
    case authenticationRequired = "smtp.authentication.required"
    case authenticationTemporary = "smtp.authentication.temporary"
    case authenticationMechanism = "smtp.authentication.mechanism"
    case plaintextForbidden = "smtp.authentication.plaintextForbidden"
    case authenticationDisabled = "smtp.authentication.disabled"
    case appPasswordRequired = "smtp.authentication.appPasswordRequired"

    // The message.
    case senderRejected = "smtp.sender.rejected"
    case senderNotAuthorized = "smtp.sender.notAuthorized"
    case recipientRejected = "smtp.recipient.rejected"
    case recipientUnknown = "smtp.recipient.unknown"
    case relayDenied = "smtp.recipient.relayDenied"
    case greylisted = "smtp.recipient.greylisted"
    case mailboxFull = "smtp.recipient.mailboxFull"
    case sizeExceeded = "smtp.size.exceeded"
    case utf8NotOffered = "smtp.utf8.notOffered"
    case eightBitNotOffered = "smtp.eightBit.notOffered"
    case requireTLSUnverified = "smtp.requireTLS.unverified"
    case requireTLSNotOffered = "smtp.requireTLS.notOffered"
    case lineTooLong = "smtp.message.lineTooLong"
    case dataRejected = "smtp.data.rejected"
    case policyRejected = "smtp.data.policy"
    case rateLimited = "smtp.rateLimited"
    case outcomeUnknown = "smtp.outcomeUnknown"
    case cancelled = "test.cancelled"
    case timedOut = "test.timedOut"

    // The work around the conversation.
    case workerLost = "test.workerLost"
    case settingsUnreadable = "test.settingsUnreadable"
    case unfinished = "test.unfinished"
}
