import Observability
import Outbound
import Sockets

/// How the connections of a run are made.
enum Route: Sendable {
    case direct
    case through(Proxy, addresses: [SocketAddress])

    var proxy: Proxy? {
        if case .through(let proxy, _) = self { return proxy }
        return nil
    }
}

extension Run {
    /// Finds the proxy that the settings or the environment name, and its addresses.
    func chooseRoute(until limit: Deadline) async -> Failure.Reason? {
        switch settings.proxy {
        case .none: return nil
        case .fixed(let proxy): return await use(proxy, from: "settings", until: limit)
        case .environment:
            let environment = engine.proxyEnvironment
            switch environment.choice(for: settings.host.bare, port: settings.port) {
            case .none:
                recorder.add([Fact("proxy", "none: the environment names no proxy")])
                return nil
            case .exempt(let variable):
                recorder.add([Fact("proxy", "none: \(variable) exempts the host")])
                return nil
            case .unusable(let variable): return .proxyUnusable(variable)
            case .proxy(let proxy, let variable):
                return await use(proxy, from: variable, until: limit)
            }
        }
    }

    private func use(
        _ proxy: Proxy,
        from origin: String,
        until limit: Deadline
    ) async -> Failure.Reason? {
        recorder.add([
            Fact("proxy", "\(proxy.kind.title) \(Transcript.text(proxy.place.utf8))"),
            Fact("proxyFrom", origin),
        ])
        route = .through(proxy, addresses: [])
        switch await lookUp(proxy.host, port: proxy.port, until: limit) {
        case .failure(let error):
            let reason = reason(for: error)
            guard case .resolver(let kind) = reason else { return reason }
            return .proxyName(kind)
        case .success(let found):
            if found.map(\.host) != [proxy.host] {
                recorder.add([Fact("proxyAddresses", .array(found.map { .string($0.host) }))])
            }
            route = .through(proxy, addresses: Array(found.prefix(engine.limits.addresses)))
            return nil
        }
    }

    /// Whether names go to the proxy as they are; not where their addresses must be judged here.
    var proxyResolvesNames: Bool {
        engine.allowsRemoteNames && route.proxy?.resolvesNames == true
    }

    // MARK: - Connections

    /// A connection as far as the first one that answers: the destination, or the proxy.
    func connect(
        to destination: Destination,
        until limit: Deadline
    ) async -> Result<Socket, Failure> {
        if let address = destination.address, case .refused(let reason) = engine.egress(address) {
            return .failure(Failure(step: .connect, reason: .forbidden(reason)))
        }
        switch route {
        case .direct:
            guard let address = destination.address else {
                return .failure(Failure(step: .connect, reason: .resolver(.noAddress)))
            }
            return await connect(to: address, until: limit) { .connect($0) }
        case .through(_, let addresses):
            var last = Failure(step: .connect, reason: .proxyName(.noAddress))
            for address in addresses {
                if case .refused(let reason) = engine.egress(address) {
                    last = Failure(step: .connect, reason: .proxyForbidden(reason))
                    continue
                }
                switch await connect(to: address, until: limit, { .proxyConnect($0) }) {
                case .success(let socket): return .success(socket)
                case .failure(let failure): last = failure
                }
            }
            return .failure(last)
        }
    }

    private func connect(
        to address: SocketAddress,
        until limit: Deadline,
        _ reason: (SocketError.Kind) -> Failure.Reason
    ) async -> Result<Socket, Failure> {
        do throws(SocketError) {
            return .success(try await Socket.connect(to: address, on: loop, until: limit))
        } catch {
            let reason: Failure.Reason =
                switch error.kind {
                case .cancelled: .cancelled
                case .timedOut where deadline.hasPassed: .timedOut
                default: reason(error.kind)
                }
            return .failure(Failure(step: .connect, reason: reason))
        }
    }

    /// Makes a connection to the proxy one to the destination; nil when that worked.
    ///
    /// The socket is closed when it did not.
    func negotiate(
        _ socket: Socket,
        _ destination: Destination,
        until limit: Deadline
    ) async -> (failure: Failure?, answer: String?) {
        guard let proxy = route.proxy else { return (nil, nil) }
        do throws(ProxyError) {
            let answer = try await ProxyNegotiation.perform(
                on: socket,
                to: destination.label,
                port: destination.port ?? settings.port,
                through: proxy,
                until: limit
            )
            return (nil, answer.map(scrubbed))
        } catch {
            socket.close()
            let reason: Failure.Reason =
                switch error.kind {
                case .cancelled: .cancelled
                case .timedOut where deadline.hasPassed: .timedOut
                default: .proxy(ProxyError(error.kind, detail: scrubbed(error.detail)))
                }
            return (Failure(step: .proxy, reason: reason), nil)
        }
    }

    /// The step in which the proxy is asked; nil when it gave the way or there is no proxy.
    func askProxy(
        _ socket: Socket,
        _ destination: Destination,
        until limit: Deadline
    ) async throws -> Failure? {
        guard let proxy = route.proxy else { return nil }
        try await recorder.begin(.proxy, address: destination.label)
        let port = destination.port ?? settings.port
        recorder.add([
            Fact("kind", proxy.kind.rawValue), Fact("target", "\(destination.label):\(port)"),
            Fact("authentication", proxy.username == nil ? "none" : proxy.kind.authentication),
        ])
        let (failure, answer) = await negotiate(socket, destination, until: limit)
        if let answer { recorder.add([Fact("answer", answer)]) }
        if case .proxy(let error) = failure?.reason, !error.detail.isEmpty {
            recorder.add([Fact("answer", error.detail)])
        }
        try await recorder.finish(failure == nil ? .ok : .failed)
        return failure
    }

    /// The proxy's words without the credentials it may repeat.
    private func scrubbed(_ text: String) -> String {
        guard let proxy = route.proxy else { return text }
        let name = proxy.username?.reveal { $0 } ?? []
        let word = proxy.password?.reveal { $0 } ?? []
        let basic = SecretScrubber(username: nil, password: Redacted(name + [0x3A] + word))
        let plain = SecretScrubber(username: nil, password: proxy.password)
        return Transcript.text(plain.scrub(basic.scrub(Array(text.utf8))))
    }
}

extension Proxy.Kind {
    fileprivate var authentication: String {
        switch self {
        case .tunnel: "Basic"
        case .socks4: "user ID"
        case .socks5: "user name and password, if the proxy asks"
        }
    }
}
