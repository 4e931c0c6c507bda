/// Turns a host name into addresses: the system's name service, or a table in tests.
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
}

/// A fixed table of names; the ports of its addresses count, not the port asked for.
package struct StaticResolver: Resolving {
    private let table: [String: [SocketAddress]]

    package init(_ table: [String: [SocketAddress]]) {
        self.table = table
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
}
