import Sockets

/// Limits and hooks of an `HTTPServer`.
package struct ServerConfiguration: Sendable {
    /// How much of a request's head and framing is accepted.
    package var requestLimits = RequestParser.Limits()
    /// The largest body in bytes, asked for each request that has one, before it is read.
    package var bodyLimit: @Sendable (Request) -> Int = { _ in 1 << 20 }
    /// From the first byte of a request to the end of its head.
    package var headTime: Duration = .seconds(10)
    /// From the end of the head to the end of the body.
    package var bodyTime: Duration = .seconds(30)
    /// Between two requests.
    package var idleTime: Duration = .seconds(75)
    /// For the client to take 256 KB of a response.
    package var writeTime: Duration = .seconds(30)
    /// How long a refused request is read on so that the client sees the answer.
    package var lingerTime: Duration = .seconds(1)
    /// Between two signs of life on a quiet event stream.
    package var heartbeat: Duration = .seconds(15)
    /// The most connections at a time, all loops together.
    package var connectionLimit = ServerConfiguration.connectionLimitOfProcess
    /// Whose X-Forwarded fields are believed.
    package var trustedProxies = TrustedProxies([])
    /// Where the requests' references begin; random unless a test wants them known.
    package var referenceSeed = UInt64.random(in: 0 ... .max)
    /// The page for a request that was refused before a handler saw it; the texts are the reference,
    /// and the target as it was sent, empty when it was not understood that far.
    package var errorPage: @Sendable (HTTPError, String, String) -> Response = { error, _, _ in
        .text(error.userText + "\n", status: error.status)
    }
    /// Is told what an operator may want to know; must not block.
    package var observe: @Sendable (ServerEvent) -> Void = { _ in }

    package init() {}

    /// Seven eighths of the descriptors this process may open, at most 16,384.
    package static var connectionLimitOfProcess: Int {
        let descriptors = DescriptorLimit.raise()
        return max(16, min(16_384, descriptors - descriptors / 8))
    }
}
