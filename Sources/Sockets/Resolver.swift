import CResolver
import Glibc

/// The system's name service through c-ares, on the caller's loop.
///
/// Reads `/etc/hosts`, `/etc/nsswitch.conf` and `/etc/resolv.conf` anew for every question, so that
/// a change is seen at once.
package struct Resolver: Resolving {
    private let servers: [SocketAddress]

    /// How long one name server is waited for before the next one is asked.
    static let patiencePerServer: Duration = .milliseconds(2500)

    /// Asks `servers` instead of the system's when the list is not empty.
    package init(servers: [SocketAddress] = []) {
        self.servers = servers
    }

    /// The addresses of `host`, sorted as RFC 6724 says; a numeric address is returned as it is.
    ///
    /// `localhost` is 127.0.0.1 without asking anybody (RFC 6761, section 6.3).
    package func resolve(
        _ host: String,
        port: UInt16,
        on loop: EventLoop,
        until deadline: Deadline
    ) async throws(ResolverError) -> [SocketAddress] {
        // Never asked for: a name under .invalid does not exist (RFC 6761, section 6.4).
        if Self.isUnder("invalid", host) { throw ResolverError(.notFound, host: host) }
        let name = Self.isUnder("localhost", host) ? "127.0.0.1" : host
        if let address = SocketAddress(numeric: name, port: port) { return [address] }
        guard case .addresses(let addresses) = try await ask(.addresses(port), host, loop, deadline)
        else { throw ResolverError(.serverFailure, host: host, detail: "no addresses") }
        return addresses
    }

    /// The domain is asked for as it is: the system's search list does not count.
    package func mailExchangers(
        of domain: String,
        on loop: EventLoop,
        until deadline: Deadline
    ) async throws(ResolverError) -> [MailExchanger] {
        if Self.isUnder("invalid", domain) { throw ResolverError(.notFound, host: domain) }
        guard case .exchangers(let found) = try await ask(.mailExchangers, domain, loop, deadline)
        else { throw ResolverError(.serverFailure, host: domain, detail: "no exchangers") }
        return found
    }

    private func ask(
        _ question: ResolverQuery.Question,
        _ name: String,
        _ loop: EventLoop,
        _ deadline: Deadline
    ) async throws(ResolverError) -> ResolverQuery.Found {
        let query = try ResolverQuery(question, name: name, servers: servers, loop: loop)
        defer { query.close() }
        return try await query.run(until: deadline)
    }

    private static func isUnder(_ top: String, _ host: String) -> Bool {
        let labels = host.lowercased().utf8.split(separator: UInt8(ascii: "."))
        return labels.last.map { $0.elementsEqual(top.utf8) } ?? false
    }
}
