import Sockets

extension Connection {
    /// Carries an event stream until its producer returns, the client goes away or the server
    /// drains; in the two latter cases the producer's task is cancelled.
    mutating func stream(
        _ response: Response,
        _ produce: @escaping @Sendable (EventSink) async -> Void,
        to request: Request
    ) async {
        let isChunked = !request.isOldVersion
        head.removeAll(keepingCapacity: true)
        ResponseHead.write(
            response,
            framing: isChunked ? .chunked : .none,
            date: server.dateLine,
            closes: true,
            into: &head
        )
        guard await send(head, []), request.method != .head else { return }
        let sink = EventSink(
            loop: server.loop,
            stream: stream,
            isChunked: isChunked,
            writeTime: server.configuration.writeTime
        )
        let producer = startProducer(sink, produce)
        let heartbeat = startHeartbeat(sink)
        state.endStream = { producer.cancel() }
        if server.isDraining { producer.cancel() }
        await waitForEnd()
        state.endStream = nil
        producer.cancel()
        heartbeat.cancel()
        await producer.value
        await heartbeat.value
    }

    /// Runs the producer; when it returns, ends the stream and gives the client a moment to leave.
    private func startProducer(
        _ sink: EventSink,
        _ produce: @escaping @Sendable (EventSink) async -> Void
    ) -> Task<Void, Never> {
        let (loop, stream) = (server.loop, stream)
        let lingerTime = server.configuration.lingerTime
        return Task(executorPreference: loop) {
            await produce(sink)
            await withTaskExecutorPreference(loop) {
                await sink.end()
                await loop.sleep(for: lingerTime)
                stream.abort()
            }
        }
    }

    private func startHeartbeat(_ sink: EventSink) -> Task<Void, Never> {
        let (loop, interval) = (server.loop, server.configuration.heartbeat)
        return Task(executorPreference: loop) {
            while !Task.isCancelled, !sink.isEnded {
                let next = Deadline(
                    nanoseconds: sink.lastWrite.nanoseconds &+ interval.nanoseconds
                )
                if next.hasPassed {
                    guard await sink.sendHeartbeat() else { return }
                } else {
                    await loop.sleep(until: next)
                }
            }
        }
    }

    /// Reads and drops until the client closes or the stream is aborted.
    private mutating func waitForEnd() async {
        while true {
            parser.buffer.removeAll(keepingCapacity: true)
            do throws(SocketError) {
                let count = try await stream.receive(
                    into: &parser.buffer,
                    atMost: 16_384,
                    until: .never
                )
                if count == 0 { return }
            } catch {
                return  // The client is gone, or the producer has ended the stream.
            }
        }
    }
}
