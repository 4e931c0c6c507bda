/// Turns names into what the name service says of them: the system's, or a table in tests.
package protocol Resolving: Sendable {
    /// The addresses of `host`, in the order in which they should be tried; never empty.
    ///
    /// `host` is a name or a numeric address without brackets. Call from a task of `loop`.
    func resolve(
        _ host: String,
        port: UInt16,
        on loop: EventLoop,
        until deadline: Deadline
    ) async throws(ResolverError) -> [SocketAddress]

    /// The mail exchangers of `domain` as the name service gives them, unsorted; never empty.
    ///
    /// Throws: `.noAddress` when the domain exists without any.
    func mailExchangers(
        of domain: String,
        on loop: EventLoop,
        until deadline: Deadline
    ) async throws(ResolverError) -> [MailExchanger]
}

/// An MX record (RFC 1035, section 3.3.9).
package struct MailExchanger: Sendable, Hashable {
    /// The lowest is tried first.
    package let preference: UInt16
    /// Without the final dot; empty in the one record of a domain that takes no mail (RFC 7505).
    package let host: String

    package init(preference: UInt16, host: String) {
        self.preference = preference
        self.host = host
    }
}

/// A fixed table of names; the ports of its addresses count, not the port asked for.
package struct StaticResolver: Resolving {
    private let table: [String: [SocketAddress]]
    private let exchangers: [String: [MailExchanger]]

    package init(
        _ table: [String: [SocketAddress]],
        exchangers: [String: [MailExchanger]] = [:]
    ) {
        self.table = table
        self.exchangers = exchangers
    }

    package func resolve(
        _ host: String,
        port: UInt16,
        on loop: EventLoop,
        until deadline: Deadline
    ) async throws(ResolverError) -> [SocketAddress] {
        if let addresses = table[host] { return addresses }
        if let address = SocketAddress(numeric: host, port: port) { return [address] }
        throw ResolverError(.notFound, host: host)
    }

    package func mailExchangers(
        of domain: String,
        on loop: EventLoop,
        until deadline: Deadline
    ) async throws(ResolverError) -> [MailExchanger] {
        if let found = exchangers[domain] { return found }
        throw ResolverError(table[domain] == nil ? .notFound : .noAddress, host: domain)
    }
}
