import COpenSSL
import Glibc

/// TLS over a connected socket, client or server; owns the socket.
package final class TLSStream: ByteStream, @unchecked Sendable {
    // @unchecked: confined to the loop's thread, except `abort()`, which only posts to the loop.
    let socket: Socket
    let session: OpaquePointer
    /// What the handshake found; the chain is empty on the server's side.
    package internal(set) var report: TLSReport
    /// Why the last receive or send failed with `.tls`, such as a client certificate that the
    /// other side asks for after a TLS 1.3 handshake.
    package private(set) var failure: TLSError?
    private var isOpen = true
    var isEstablished = false
    var name: TLSPeerName?
    /// Whether the server asked for our certificate.
    var isCertificateAsked = false

    init(_ socket: Socket, _ context: TLSContext) throws(TLSError) {
        ERR_clear_error()
        guard let session = SSL_new(context.pointer) else {
            socket.close()
            throw .configuration("no session")
        }
        self.socket = socket
        self.session = session
        self.report = TLSReport(
            protocolName: "",
            cipher: "",
            chain: [],
            verification: .passed,
            name: nil,
            clientCertificate: .notAsked
        )
        guard SSL_set_fd(session, socket.descriptor) == 1 else {
            throw .configuration("no descriptor")
        }
    }

    deinit {
        close()
        SSL_free(session)
    }

    package func receive(
        into buffer: inout [UInt8],
        atMost limit: Int,
        until deadline: Deadline
    ) async throws(SocketError) -> Int {
        while true {
            switch read(into: &buffer, atMost: limit) {
            case .done(let count): return count
            case .wait(let direction):
                try await socket.ready(direction, until: deadline, during: .receive)
            case .failed(let kind): throw SocketError(kind, during: .receive)
            }
        }
    }

    package func receiveNow(
        into buffer: inout [UInt8],
        atMost limit: Int
    ) throws(SocketError) -> Int? {
        switch read(into: &buffer, atMost: limit) {
        case .done(let count): return count
        case .wait: return nil
        case .failed(let kind): throw SocketError(kind, during: .receive)
        }
    }

    package func send(
        _ head: [UInt8],
        _ body: [UInt8],
        until deadline: Deadline
    ) async throws(SocketError) {
        // One record for both when they are small; no copy of a large body.
        if head.count + body.count <= 16_384 {
            try await sendAll(body.isEmpty ? head : head + body, until: deadline)
        } else {
            try await sendAll(head, until: deadline)
            try await sendAll(body, until: deadline)
        }
    }

    private func sendAll(_ bytes: [UInt8], until deadline: Deadline) async throws(SocketError) {
        var sent = 0
        while sent < bytes.count {
            switch sendNow(bytes, from: sent) {
            case .done(let count): sent += count
            case .wait(let direction):
                try await socket.ready(direction, until: deadline, during: .send)
            case .failed(let kind): throw SocketError(kind, during: .send)
            }
        }
    }

    /// Says goodbye to the other side (close_notify) if the socket takes it at once.
    package func shutDown() {
        guard isOpen, isEstablished, failure == nil else { return }
        ERR_clear_error()
        SSL_shutdown(session)
        ERR_clear_error()
    }

    package func endSending() {
        shutDown()
        socket.endSending()
    }

    package func close() {
        guard isOpen else { return }
        shutDown()
        isOpen = false
        socket.close()
    }

    package func abort() {
        socket.abort()
    }

    // MARK: - One step of OpenSSL

    enum Step {
        case done(Int)
        case wait(Readiness.Direction)
        case failed(SocketError.Kind)
    }

    @inline(never)
    private func read(into buffer: inout [UInt8], atMost limit: Int) -> Step {
        guard isOpen else { return .failed(.closed) }
        ERR_clear_error()
        var result: Int32 = 0
        withUnsafeTemporaryAllocation(byteCount: min(limit, 16_384), alignment: 1) {
            result = SSL_read(session, $0.baseAddress, Int32($0.count))
            if result > 0 { buffer.append(contentsOf: $0.prefix(Int(result))) }
        }
        return step(after: result)
    }

    @inline(never)
    private func sendNow(_ bytes: [UInt8], from start: Int) -> Step {
        guard isOpen else { return .failed(.closed) }
        ERR_clear_error()
        let result = bytes.withUnsafeBytes { bytes in
            let rest = UnsafeRawBufferPointer(rebasing: bytes[start...])
            return SSL_write(session, rest.baseAddress, Int32(clamping: rest.count))
        }
        return step(after: result)
    }

    private func step(after result: Int32) -> Step {
        let number = errno
        if result > 0 { return .done(Int(result)) }
        switch SSL_get_error(session, result) {
        case SSL_ERROR_WANT_READ: return .wait(.read)
        case SSL_ERROR_WANT_WRITE: return .wait(.write)
        case SSL_ERROR_ZERO_RETURN: return .done(0)
        default:
            let error = refined(TLSError.taken(afterResult: result, errno: number))
            failure = error
            switch error.kind {
            case .reset: return .failed(.reset)
            case .closed: return .failed(.closed)
            default: return .failed(.tls)
            }
        }
    }
}
