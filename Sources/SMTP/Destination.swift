import Sockets

/// Where one connection of a run goes.
struct Destination: Sendable, Hashable {
    let address: SocketAddress
    /// Who must be there: the host of the settings, or a mail exchanger of the domain.
    let peer: Host

    /// What the steps and the table of addresses call it.
    var label: String { address.host }
}
