package import Sockets

/// Sends requests over HTTPS within the rules of the installation's network.
///
/// Names are resolved here and pinned, so that the rules judge the addresses that are used; the
/// exchange itself is libcurl's, on a thread that may block.
package struct HTTPSClient: Sendable {
    private let resolver: any Resolving
    private let blocking: BlockingPool
    private let egress: @Sendable (SocketAddress) -> String?
    private let allowsRemoteNames: Bool
    private let trustedCertificates: [UInt8]

    /// Bytes of a body that are read, unless the request says less; a longer answer is an error.
    package static let bodyLimit = 1 << 20

    /// `egress` gives the reason, as a sentence, why an address may not be connected to.
    ///
    /// `allowsRemoteNames` false: no proxy resolves names, each address is judged here.
    /// `trustedCertificates` in PEM are trusted besides the system's.
    package init(
        resolver: any Resolving = Resolver(),
        blocking: BlockingPool,
        egress: @escaping @Sendable (SocketAddress) -> String? = { _ in nil },
        allowsRemoteNames: Bool = true,
        trustedCertificates: [UInt8] = []
    ) {
        self.resolver = resolver
        self.blocking = blocking
        self.egress = egress
        self.allowsRemoteNames = allowsRemoteNames
        self.trustedCertificates = trustedCertificates
    }

    /// Sends the request, once; a status of any kind is an answer.
    ///
    /// Call from a task of `loop`. A cancelled task throws at once; the thread follows within a
    /// second.
    package func send(
        _ request: HTTPSRequest,
        on loop: EventLoop,
        until deadline: Deadline
    ) async throws(HTTPSError) -> HTTPSResponse {
        var request = request
        request.trustedCertificates += trustedCertificates
        let way = try await way(for: request, on: loop, until: deadline)
        let transfer = HTTPSTransfer(request, way, until: deadline, egress: egress)
        let result: Result<HTTPSResponse, HTTPSError>
        do {
            result = try await withTaskCancellationHandler {
                try await blocking.run(until: deadline, on: loop) { transfer.perform() }
            } onCancel: {
                transfer.cancel()
            }
        } catch {
            transfer.cancel()
            let kind: HTTPSError.Kind =
                switch error as? BlockingPool.NoResult {
                case .full: .busy
                case .timedOut: .timedOut
                case .cancelled, nil: .cancelled
                }
            throw HTTPSError(kind, at: request.url.place)
        }
        return try result.get()
    }

    /// Finds the addresses of the host, or of the proxy and, where it must, of the host.
    private func way(
        for request: HTTPSRequest,
        on loop: EventLoop,
        until deadline: Deadline
    ) async throws(HTTPSError) -> HTTPSTransfer.Way {
        let url = request.url
        guard let proxy = request.proxy, url.isSecure else {
            let found = try await addresses(url.host, url.port, on: loop, until: deadline)
            return HTTPSTransfer.Way(proxy: nil, pins: [(url.host, url.port, found)])
        }
        let found = try await addresses(proxy.host, proxy.port, on: loop, until: deadline)
        var way = HTTPSTransfer.Way(proxy: proxy, pins: [(proxy.host, proxy.port, found)])
        if !(proxy.resolvesNames && allowsRemoteNames) {
            let own = try await addresses(url.host, url.port, on: loop, until: deadline)
            way.pins.append((url.host, url.port, own))
            way.target = own.first
        }
        return way
    }

    private func addresses(
        _ host: String,
        _ port: UInt16,
        on loop: EventLoop,
        until deadline: Deadline
    ) async throws(HTTPSError) -> [SocketAddress] {
        let place = host.utf8.contains(0x3A) ? "[\(host)]" : host
        let found: [SocketAddress]
        do throws(ResolverError) {
            found = try await resolver.resolve(host, port: port, on: loop, until: deadline)
        } catch {
            switch error.kind {
            case .cancelled: throw HTTPSError(.cancelled, at: place, mayBeSent: false)
            default: throw HTTPSError(.name(error.kind), at: place, detail: error.detail)
            }
        }
        let allowed = found.filter { egress($0) == nil }
        if allowed.isEmpty, let first = found.first, let reason = egress(first) {
            throw HTTPSError(.forbidden(reason), at: place)
        }
        return allowed
    }
}
