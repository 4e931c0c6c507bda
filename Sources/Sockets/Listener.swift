import CLinux
import Glibc

/// A listening TCP socket; every loop of a server has one of its own on the same port.
package final class Listener: @unchecked Sendable {
    // @unchecked: confined to the loop's thread.
    package let address: SocketAddress
    private let descriptor: Int32
    private let readiness: Readiness
    private var isOpen = true

    /// How long the listener rests when the process has no descriptor left.
    package static let pauseWhenExhausted: Duration = .milliseconds(100)

    /// Listens on `address` (port 0: any free port) with `SO_REUSEPORT`.
    package init(
        on address: SocketAddress,
        loop: EventLoop,
        backlog: Int32 = 1024
    ) throws(SocketError) {
        let family = address.family == .ipv4 ? AF_INET : AF_INET6
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        descriptor = socket(family, type, 0)
        guard descriptor >= 0 else { throw SocketError(errno: errno, during: .open) }
        do throws(SocketError) {
            try Self.prepare(descriptor, address, backlog)
            readiness = try Readiness(descriptor: descriptor, loop: loop, trigger: .level)
        } catch {
            Glibc.close(descriptor)
            throw error
        }
        self.address = Self.boundAddress(descriptor) ?? address
    }

    deinit { close() }

    /// Makes sure that nobody listens on `address`: with `SO_REUSEPORT`, a second process of the
    /// same user would be let in beside the first, and get some of its connections.
    ///
    /// Throws: `SocketError` as binding would.
    package static func requireFree(_ address: SocketAddress) throws(SocketError) {
        let family = address.family == .ipv4 ? AF_INET : AF_INET6
        let descriptor = socket(family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SocketError(errno: errno, during: .open) }
        defer { Glibc.close(descriptor) }
        var on: Int32 = 1
        setsockopt(
            descriptor,
            SOL_SOCKET,
            SO_REUSEADDR,
            &on,
            socklen_t(MemoryLayout<Int32>.size)
        )
        guard address.withSystemAddress({ bind(descriptor, $0, $1) }) == 0
        else { throw SocketError(errno: errno, during: .bind) }
    }

    private static func prepare(
        _ descriptor: Int32,
        _ address: SocketAddress,
        _ backlog: Int32
    ) throws(SocketError) {
        var on: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, size)
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &on, size)
        guard address.withSystemAddress({ bind(descriptor, $0, $1) }) == 0,
            listen(descriptor, backlog) == 0
        else { throw SocketError(errno: errno, during: .bind) }
    }

    private static func boundAddress(_ descriptor: Int32) -> SocketAddress? {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getsockname(descriptor, $0, &size)
            }
        }
        return result == 0 ? SocketAddress(storage: storage) : nil
    }

    /// The next connection; rests when descriptors run out, throws `.cancelled` after `close()`.
    package func accept() async throws(SocketError) -> (Socket, SocketAddress) {
        while true {
            guard isOpen else { throw SocketError(.cancelled, during: .open) }
            var storage = sockaddr_storage()
            let connection = acceptNow(&storage)
            if connection >= 0 {
                let socket = try Socket(adopting: connection, loop: readiness.loop)
                return (socket, SocketAddress(storage: storage) ?? address)
            }
            switch errno {
            case EAGAIN:
                guard await readiness.wait(for: .read, until: .never) == .ready else {
                    throw SocketError(.cancelled, during: .open)
                }
            case EMFILE, ENFILE, ENOBUFS, ENOMEM:
                await readiness.loop.sleep(for: Self.pauseWhenExhausted)
            case EINTR, ECONNABORTED, EPROTO, EPERM: continue
            default: throw SocketError(errno: errno, during: .open)
            }
        }
    }

    private func acceptNow(_ storage: inout sockaddr_storage) -> Int32 {
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendproof_accept(descriptor, $0, &size)
            }
        }
    }

    /// Stops listening; on the loop's thread.
    package func close() {
        guard isOpen else { return }
        isOpen = false
        readiness.stop()
        Glibc.close(descriptor)
    }
}
