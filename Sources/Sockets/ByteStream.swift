/// A connection that carries bytes: a plain socket or TLS over one.
///
/// Confined to the loop it was made on, except `abort()`.
package protocol ByteStream: AnyObject, Sendable {
    /// Appends what has arrived, at least one byte and at most `limit`, to `buffer`.
    ///
    /// Returns the number of bytes; 0 when the other side has ended the stream.
    func receive(
        into buffer: inout [UInt8],
        atMost limit: Int,
        until deadline: Deadline
    ) async throws(SocketError) -> Int

    /// Appends what has already arrived, without waiting.
    ///
    /// Returns nil when nothing has; 0 when the other side has ended the stream.
    func receiveNow(
        into buffer: inout [UInt8],
        atMost limit: Int
    ) throws(SocketError) -> Int?

    /// Sends all of `head`, then all of `body`, together where the transport can.
    func send(
        _ head: [UInt8],
        _ body: [UInt8],
        until deadline: Deadline
    ) async throws(SocketError)

    /// Sends what the transport takes at once of both parts, and returns how many bytes that was.
    ///
    /// Spares the suspension when all fits, as it mostly does. An error shows in the next `send`.
    func trySend(_ head: [UInt8], _ body: [UInt8]) -> Int

    /// Tells the other side that nothing more will be sent; receiving goes on.
    func endSending()

    /// Closes at once; safe to call again.
    func close()

    /// Makes every wait, now and later, fail with `.cancelled`; from any thread.
    func abort()
}

extension ByteStream {
    package func send(_ bytes: [UInt8], until deadline: Deadline) async throws(SocketError) {
        try await send(bytes, [], until: deadline)
    }

    /// A stream that cannot say so takes nothing at once.
    package func trySend(_ head: [UInt8], _ body: [UInt8]) -> Int { 0 }

    /// A stream that cannot end one direction alone does nothing.
    package func endSending() {}
}
