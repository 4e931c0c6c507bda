import Sockets

/// Where a producer of Server-Sent Events puts them (HTML Standard, section 9.2).
///
/// Events go to the client at once; `send` waits while the client does not keep up.
package final class EventSink: @unchecked Sendable {
    // @unchecked: confined to the loop's thread; `send` goes there first.
    private let loop: EventLoop
    private let stream: any ByteStream
    private let isChunked: Bool
    private let writeTime: Duration
    private var isWriting = false
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private(set) var isEnded = false
    private(set) var lastWrite = Deadline.now

    init(loop: EventLoop, stream: any ByteStream, isChunked: Bool, writeTime: Duration) {
        self.loop = loop
        self.stream = stream
        self.isChunked = isChunked
        self.writeTime = writeTime
    }

    /// Sends one event; false when the stream has ended and the producer should return.
    ///
    /// `data` may have several lines. `id` is what the client sends as Last-Event-ID when it comes
    /// back; line ends and NUL in `id` and `event` are left out.
    @discardableResult
    package func send(id: String? = nil, event: String? = nil, data: String) async -> Bool {
        await write(EventEncoding.event(id: id, event: event, data: data))
    }

    /// Tells the client how long to wait before it opens the stream again.
    @discardableResult
    package func send(retryAfter time: Duration) async -> Bool {
        await write(EventEncoding.retry(time))
    }

    /// A comment, which clients ignore and proxies count as traffic.
    func sendHeartbeat() async -> Bool {
        await write(EventEncoding.heartbeat)
    }

    private func write(_ bytes: [UInt8]) async -> Bool {
        guard loop.isCurrent else {
            return await withTaskExecutorPreference(loop) { await writeHere(bytes) }
        }
        return await writeHere(bytes)
    }

    /// Writes when it is this caller's turn; on the loop.
    private func writeHere(_ bytes: [UInt8]) async -> Bool {
        while isWriting {
            await withCheckedContinuation { waiting.append($0) }
        }
        guard !isEnded, !Task.isCancelled else { return false }
        isWriting = true
        defer { finishTurn() }
        do throws(SocketError) {
            try await stream.send(framed(bytes), until: .after(writeTime))
            lastWrite = .now
            return true
        } catch {
            // The client is gone or takes nothing: the stream has ended, and the caller hears it.
            isEnded = true
            stream.abort()
            return false
        }
    }

    private func finishTurn() {
        isWriting = false
        let next = waiting
        waiting = []
        for continuation in next { continuation.resume() }
    }

    private func framed(_ bytes: [UInt8]) -> [UInt8] {
        guard isChunked else { return bytes }
        var chunk = Array(String(bytes.count, radix: 16).utf8)
        chunk.append(contentsOf: "\r\n".utf8)
        chunk.append(contentsOf: bytes)
        chunk.append(contentsOf: "\r\n".utf8)
        return chunk
    }

    /// Ends the stream for good and says so to the client.
    func end() async {
        while isWriting {
            await withCheckedContinuation { waiting.append($0) }
        }
        guard !isEnded else { return }
        isEnded = true
        guard isChunked else { return stream.endSending() }
        do throws(SocketError) {
            try await stream.send(Array("0\r\n\r\n".utf8), until: .after(writeTime))
            stream.endSending()
        } catch {
            stream.abort()
        }
    }
}
