import Outbound
import Sockets

/// The proxy (firewall) on the way to the relay.
extension Advice {
    static func proxy(_ error: ProxyError) -> AdviceEntry {
        switch error.kind {
        case .refused: proxyRefused
        case .refusedOrUnreachable: proxyRejected
        case .authentication: proxyAuthentication
        case .targetUnreachable: proxyTarget
        case .unsupported: proxyUnsupported
        case .protocolViolation: proxyProtocol
        case .closed, .cancelled: proxyClosed
        case .timedOut: proxySilent
        case .configuration: proxyConfiguration
        }
    }

    static func proxyConnect(_ kind: SocketError.Kind) -> AdviceEntry {
        kind == .timedOut ? proxyTimeout : proxyUnreachable
    }

    static let proxyForbidden = AdviceEntry(
        .egressForbidden,
        field: "firewallHost",
        who: .administrator,
        cause: "Connections to the proxy {proxy} are not allowed from here: {reason}",
        advice: "Enter a proxy whose address is reachable on the public Internet, or none."
    )

    static let proxyUnusable = AdviceEntry(
        .proxySettings,
        field: "autoDetect",
        who: .network,
        cause: "The environment variable {variable} of this server names a proxy that cannot be "
            + "used: only http, socks4, socks4a, socks5 and socks5h are.",
        advice: "Ask the operator of this server to correct {variable}, or enter the proxy "
            + "yourself."
    )

    static let proxyConfiguration = AdviceEntry(
        .proxySettings,
        field: "firewallUsername",
        who: .administrator,
        cause: "The settings of the proxy {proxy} cannot be used: {detail}.",
        advice: "Check type, user name and password of the proxy; SOCKS carries at most 255 bytes "
            + "of each."
    )

    static let proxyWithoutIPv6 = AdviceEntry(
        .proxyUnsupported,
        field: "firewallType",
        who: .administrator,
        cause: "{host} has IPv6 addresses only, and SOCKS4 carries none.",
        advice: "Choose SOCKS5, or enter a host with an IPv4 address."
    )

    static let proxyNotFound = AdviceEntry(
        .proxyNotFound,
        field: "firewallHost",
        who: .network,
        cause: "The name of the proxy {proxy} has no address here.",
        advice: "Check the spelling of the proxy's host. If it is right, ask the network team to "
            + "make the name known to this server."
    )

    static let proxyUnreachable = AdviceEntry(
        .proxyUnreachable,
        field: "firewallHost",
        who: .network,
        cause: "There is no connection to the proxy {proxy}: nothing listens there, or there is no "
            + "way to it.",
        advice: "Check host and port of the proxy, then ask the network team whether it runs."
    )

    static let proxyTimeout = AdviceEntry(
        .proxyTimeout,
        field: "firewallHost",
        who: .network,
        cause: "The proxy {proxy} did not answer within {seconds} seconds.",
        advice: "Check host and port of the proxy, then ask the network team to let this server "
            + "connect to it."
    )

    static let proxySilent = AdviceEntry(
        .proxyTimeout,
        field: "firewallType",
        who: .network,
        cause: "The proxy {proxy} took the connection and gave no answer within {seconds} seconds. "
            + "It may be a proxy of another kind, or it waits for {address} itself.",
        advice: "Check the type of the proxy, then ask the network team whether it reaches "
            + "{address} on port {port}."
    )

    static let proxyRefused = AdviceEntry(
        .proxyRefused,
        field: "firewallHost",
        who: .network,
        cause: "The proxy {proxy} does not allow connections to {address} on port {port}. Many "
            + "proxies allow the ports of the web only.",
        advice: "Ask the network team to allow {address} on port {port} at the proxy."
    )

    static let proxyRejected = AdviceEntry(
        .proxyRefused,
        field: "firewallHost",
        who: .network,
        cause: "The proxy {proxy} rejected the connection to {address} on port {port}, or could "
            + "not make it: SOCKS4 does not tell the two apart.",
        advice: "Ask the network team to look at the proxy's log: whether it allows and reaches "
            + "{address} on port {port}."
    )

    static let proxyAuthentication = AdviceEntry(
        .proxyAuthentication,
        field: "firewallPassword",
        who: .administrator,
        cause: "The proxy {proxy} wants a user name and a password, or does not accept these.",
        advice: "Enter the user name and the password of the proxy; the network team knows them. "
            + "HTTP proxies must accept Basic authentication."
    )

    static let proxyTarget = AdviceEntry(
        .proxyTargetUnreachable,
        field: "host",
        who: .network,
        cause: "The proxy {proxy} works, but could not connect to {address} on port {port}.",
        advice: "Check host and port. If they are right, ask the network team whether the proxy "
            + "reaches {address} on port {port}, and knows its name."
    )

    static let proxyUnsupported = AdviceEntry(
        .proxyUnsupported,
        field: "firewallType",
        who: .network,
        cause: "The proxy {proxy} does not support this kind of connection or address.",
        advice: "Ask the network team which type of proxy it is and whether it passes on SMTP."
    )

    static let proxyProtocol = AdviceEntry(
        .proxyProtocol,
        field: "firewallType",
        who: .administrator,
        cause: "What answers at {proxy} is not a proxy of the chosen type. Most often type or port "
            + "is wrong.",
        advice: "Check type and port of the proxy: tunnel is an HTTP proxy."
    )

    static let proxyClosed = AdviceEntry(
        .proxyProtocol,
        field: "firewallType",
        who: .network,
        cause: "The proxy {proxy} closed the connection without an answer. It may be a proxy of "
            + "another type, or it does not serve this client.",
        advice: "Check type and port of the proxy, then ask the network team to look at its log."
    )

    static let proxyEntries = [
        proxyForbidden, proxyUnusable, proxyConfiguration, proxyWithoutIPv6, proxyNotFound,
        proxyUnreachable, proxyTimeout, proxySilent, proxyRefused, proxyRejected,
        proxyAuthentication, proxyTarget, proxyUnsupported, proxyProtocol, proxyClosed,
    ]
}
