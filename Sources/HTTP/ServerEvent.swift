package import Sockets

/// What a server tells its operator.
package enum ServerEvent: Sendable {
    /// A request was refused before a handler saw it.
    case refused(HTTPError, reference: String, peer: SocketAddress)
    /// A connection was turned away because there were too many.
    case overCapacity(peer: SocketAddress)
    /// The encrypted transport of a connection could not be set up.
    case handshakeFailed(any Error, peer: SocketAddress)
    /// The listener could not take a connection.
    case acceptFailed(SocketError)
}
