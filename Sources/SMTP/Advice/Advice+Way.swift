import Sockets

/// The way to the relay: settings and network.
extension Advice {
    static let credentialsMissing = AdviceEntry(
        .credentialsMissing,
        field: "username",
        who: .administrator,
        cause: "The chosen authentication needs a user name, and none is set.",
        advice: "Enter the user name and the password, or choose “none” or “automatic” as the "
            + "authentication."
    )

    static let credentialsIncomplete = AdviceEntry(
        .credentialsMissing,
        field: "password",
        who: .administrator,
        cause: "Kerberos needs the user name and the password, or neither of them.",
        advice: "Enter both, or remove both to use the ticket cache or the keytab of this server."
    )

    static let credentialsInvalid = AdviceEntry(
        .credentialsInvalid,
        field: "password",
        who: .administrator,
        cause: "The user name or the password holds a NUL byte, which no mail server accepts.",
        advice: "Enter the user name and the password again."
    )

    static let trustedCertificatesInvalid = AdviceEntry(
        .trustedCertificatesInvalid,
        field: "trustedCA",
        who: .administrator,
        cause: "The certificate chosen as trusted cannot be read.",
        advice: "Choose another certificate, in PEM or DER form, or choose none."
    )

    static let noRecipient = AdviceEntry(
        .noRecipient,
        field: "recipient",
        who: .administrator,
        cause: "There is nobody to send the message to.",
        advice: "Enter a recipient."
    )

    static let forbidden = AdviceEntry(
        .egressForbidden,
        field: "host",
        who: .administrator,
        cause: "Connections to {address} are not allowed from here: {reason}",
        advice: "Enter a host whose addresses are reachable on the public Internet."
    )

    static let cancelled = AdviceEntry(
        .cancelled,
        who: .administrator,
        cause: "The test was cancelled before it had a result.",
        advice: "Start the test again when you are ready."
    )

    static let timedOut = AdviceEntry(
        .timedOut,
        field: "timeoutSeconds",
        who: .administrator,
        temporary: true,
        cause: "The whole test took longer than it is allowed to.",
        advice: "Look at the steps for the address that takes the time, and enter a smaller "
            + "timeout so that the others are reached."
    )

    // MARK: - Network

    static func network(_ kind: SocketError.Kind) -> AdviceEntry {
        switch kind {
        case .refused: refused
        case .timedOut: connectTimeout
        case .unreachable: unreachable
        case .reset, .closed: connectReset
        default: connectFailed
        }
    }

    static let refused = AdviceEntry(
        .tcpRefused,
        field: "port",
        who: .administrator,
        cause: "{address} is up, but nothing listens on port {port}. Most often the port is "
            + "wrong, or the mail service is not running.",
        advice: "Check the port: 587 for STARTTLS, 465 for implicit TLS, 25 for relays inside the "
            + "network. If it is right, ask the mail administrator whether the service runs."
    )

    static let connectTimeout = AdviceEntry(
        .tcpTimeout,
        field: "port",
        who: .network,
        cause: "{address} did not answer on port {port} within {seconds} seconds. Most often a "
            + "firewall drops the connection; many networks and cloud providers block port 25.",
        advice: "Ask the network team to allow this server to connect to {address} on port {port}, "
            + "or enter port 587 or 465 if the relay offers them."
    )

    static let unreachable = AdviceEntry(
        .tcpUnreachable,
        field: "host",
        who: .network,
        cause: "There is no way through the network from this server to {address}. An IPv6 address "
            + "without IPv6 in the network gives the same result.",
        advice: "Ask the network team about the route to {address}, or enter an address of the "
            + "relay that can be reached."
    )

    static let connectReset = AdviceEntry(
        .tcpReset,
        field: "port",
        who: .network,
        cause: "The connection to {address} on port {port} was broken off while it was set up. A "
            + "firewall or a load balancer in between is the most likely reason.",
        advice: "Ask the network team which device answers for {address} on port {port}."
    )

    static let connectFailed = AdviceEntry(
        .tcpFailed,
        field: "host",
        who: .network,
        cause: "This server could not open a connection to {address} on port {port}. Its own "
            + "firewall rules or limits are the most likely reason.",
        advice: "Ask the operator of this server to look at its log and its firewall rules."
    )

    static let wayEntries =
        [
            credentialsMissing, credentialsIncomplete, credentialsInvalid,
            trustedCertificatesInvalid, noRecipient, forbidden,
            cancelled, timedOut, refused, connectTimeout, unreachable, connectReset, connectFailed,
        ] + nameEntries + proxyEntries
}
