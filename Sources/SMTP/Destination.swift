import Sockets

/// Where one connection of a run goes.
struct Destination: Sendable, Hashable {
    /// Nil when the proxy finds the address of `peer`.
    let address: SocketAddress?
    /// Who must be there: the host of the settings, or a mail exchanger of the domain.
    let peer: Host

    /// What the steps, the table of addresses and the proxy call it.
    var label: String { address?.host ?? peer.bare }

    /// Nil for the port of the settings.
    var port: UInt16? { address?.port }
}
