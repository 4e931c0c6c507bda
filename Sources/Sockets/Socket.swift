import CLinux
import Glibc

/// A connected, non-blocking TCP socket on one loop.
package final class Socket: ByteStream, @unchecked Sendable {
    // @unchecked: confined to the loop's thread, except `abort()`, which only posts to the loop.
    package let descriptor: Int32
    package let readiness: Readiness
    private var isOpen = true

    package var loop: EventLoop { readiness.loop }

    /// Takes over a connected, non-blocking descriptor; closes it when that fails.
    package init(adopting descriptor: Int32, loop: EventLoop) throws(SocketError) {
        self.descriptor = descriptor
        do {
            readiness = try Readiness(descriptor: descriptor, loop: loop)
        } catch {
            Glibc.close(descriptor)
            throw error
        }
        var on: Int32 = 1
        setsockopt(
            descriptor,
            Int32(IPPROTO_TCP),
            TCP_NODELAY,
            &on,
            socklen_t(MemoryLayout<Int32>.size)
        )
    }

    deinit { close() }

    /// Connects to `address` from a task of `loop`; cancelling the task ends the wait.
    package static func connect(
        to address: SocketAddress,
        on loop: EventLoop,
        until deadline: Deadline
    ) async throws(SocketError) -> Socket {
        let family = address.family == .ipv4 ? AF_INET : AF_INET6
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let descriptor = socket(family, type, 0)
        guard descriptor >= 0 else { throw SocketError(errno: errno, during: .open) }
        let result = address.withSystemAddress { Glibc.connect(descriptor, $0, $1) }
        guard result == 0 || errno == EINPROGRESS else {
            let number = errno
            Glibc.close(descriptor)
            throw SocketError(errno: number, during: .connect)
        }
        let socket = try Socket(adopting: descriptor, loop: loop)
        if result != 0 { try await socket.finishConnecting(until: deadline) }
        return socket
    }

    private func finishConnecting(until deadline: Deadline) async throws(SocketError) {
        let error = await withTaskCancellationHandler { () async -> SocketError? in
            do throws(SocketError) {
                try await ready(.write, until: deadline, during: .connect)
                return nil
            } catch {
                return error
            }
        } onCancel: {
            abort()
        }
        if let error { throw error }
        var number: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &number, &size)
        guard number == 0 else { throw SocketError(errno: number, during: .connect) }
    }

    package func receive(
        into buffer: inout [UInt8],
        atMost limit: Int,
        until deadline: Deadline
    ) async throws(SocketError) -> Int {
        while true {
            if readiness.mayBeReadable,
                let count = try receiveNow(into: &buffer, atMost: limit)
            {
                return count
            }
            // Not through `ready`: each asynchronous call costs a look at the task's executor.
            let wake = await withUnsafeContinuation { continuation in
                readiness.park(continuation, for: .read, until: deadline)
            }
            if wake != .ready { throw SocketError(wake, during: .receive) }
        }
    }

    /// One `recv`; nil when nothing has arrived.
    ///
    /// Not inlined, so that its scratch space stays out of the task's frame.
    @inline(never)
    package func receiveNow(
        into buffer: inout [UInt8],
        atMost limit: Int
    ) throws(SocketError) -> Int? {
        guard isOpen else { throw SocketError(.closed, during: .receive) }
        let wanted = min(limit, 32_768)
        let count = withUnsafeTemporaryAllocation(byteCount: wanted, alignment: 1) {
            let count = recv(descriptor, $0.baseAddress, $0.count, 0)
            if count > 0 {
                buffer.append(contentsOf: UnsafeRawBufferPointer(rebasing: $0[..<count]))
            }
            return count
        }
        if count >= 0 {
            if count < wanted { readiness.noteDrained() }
            return count
        }
        if errno == EINTR { return nil }
        if errno == EAGAIN {
            readiness.noteDrained()
            return nil
        }
        throw SocketError(errno: errno, during: .receive)
    }

    package func send(
        _ head: [UInt8],
        _ body: [UInt8],
        until deadline: Deadline
    ) async throws(SocketError) {
        var sent = 0
        let total = head.count + body.count
        while true {
            sent += try sendNow(head, body, from: sent)
            if sent == total { return }
            try await ready(.write, until: deadline, during: .send)
        }
    }

    package func trySend(_ head: [UInt8], _ body: [UInt8]) -> Int {
        // An error comes again, and is thrown, when the rest is sent.
        (try? sendNow(head, body, from: 0)) ?? 0
    }

    /// One `sendmsg` of what is left of both parts; 0 when the socket takes nothing now.
    @inline(never)
    private func sendNow(
        _ head: [UInt8],
        _ body: [UInt8],
        from sent: Int
    ) throws(SocketError) -> Int {
        guard isOpen else { throw SocketError(.closed, during: .send) }
        let count = head.withUnsafeBytes { head in
            body.withUnsafeBytes { body in
                var parts = (iovec(), iovec())
                parts.0 = Self.part(of: head, from: min(sent, head.count))
                parts.1 = Self.part(of: body, from: max(0, sent - head.count))
                return withUnsafeMutableBytes(of: &parts) { bytes in
                    var message = msghdr()
                    message.msg_iov = bytes.baseAddress?.assumingMemoryBound(to: iovec.self)
                    message.msg_iovlen = 2
                    return sendmsg(descriptor, &message, Int32(MSG_NOSIGNAL))
                }
            }
        }
        if count >= 0 { return count }
        if errno == EAGAIN || errno == EINTR { return 0 }
        throw SocketError(errno: errno, during: .send)
    }

    private static func part(of bytes: UnsafeRawBufferPointer, from start: Int) -> iovec {
        var part = iovec()
        guard start < bytes.count, let base = bytes.baseAddress else { return part }
        part.iov_base = UnsafeMutableRawPointer(mutating: base + start)
        part.iov_len = bytes.count - start
        return part
    }

    /// Sends what the socket takes at once and forgets the rest: a parting word.
    package func sendOnce(_ bytes: [UInt8]) {
        guard isOpen else { return }
        _ = bytes.withUnsafeBytes { bytes in
            Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
        }
    }

    package func endSending() {
        guard isOpen else { return }
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// Waits until the descriptor is ready; for TLS over this socket too.
    package func ready(
        _ direction: Readiness.Direction,
        until deadline: Deadline,
        during operation: SocketError.Operation
    ) async throws(SocketError) {
        let wake = await readiness.wait(for: direction, until: deadline)
        if wake != .ready { throw SocketError(wake, during: operation) }
    }

    package func close() {
        guard isOpen else { return }
        isOpen = false
        readiness.stop()
        Glibc.close(descriptor)
    }

    package func abort() {
        readiness.cancel()
    }

    /// The address of this end; nil after the socket was closed.
    package var localAddress: SocketAddress? { address(getsockname) }

    /// The address of the other end; nil after the socket was closed.
    package var remoteAddress: SocketAddress? { address(getpeername) }

    private func address(
        _ question: (Int32, UnsafeMutablePointer<sockaddr>?, UnsafeMutablePointer<socklen_t>?)
            -> Int32
    ) -> SocketAddress? {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                question(descriptor, $0, &size)
            }
        }
        return result == 0 ? SocketAddress(storage: storage) : nil
    }
}
