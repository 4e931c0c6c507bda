import Cryptography
import Outbound
import Sockets

extension Run {
    /// What the name service said of one host.
    typealias Addresses = Result<[SocketAddress], ResolverError>

    /// Finds the destinations; a failure ends the run.
    func resolve() async throws -> Failure? {
        try await recorder.begin(.resolve, address: nil)
        recorder.add(hostFacts)
        if let reason = await findDestinations() {
            try await recorder.finish(.failed)
            return Failure(step: .resolve, reason: reason)
        }
        let count = destinations.count
        destinations = Array(destinations.prefix(engine.limits.addresses))
        if count > destinations.count {
            recorder.add([Fact("note", "Only the first \(destinations.count) are tried.")])
        }
        let isWhole = count == destinations.count && unresolved.isEmpty
        let isAsked = destinations.contains { $0.address != nil }
        try await recorder.finish(isWhole ? isAsked ? .ok : .skipped : .warning)
        return nil
    }

    private func findDestinations() async -> Failure.Reason? {
        let limit = min(Deadline.after(settings.timeout), deadline)
        if let reason = await chooseRoute(until: limit) { return reason }
        guard settings.resolveMX, settings.host.kind == .name else {
            return await resolveHost(until: limit)
        }
        return await resolveExchangers(until: limit)
    }

    private var hostFacts: [Fact] {
        let host = settings.host
        let isTranslated = host.kind == .name && host.bare != host.text
        return [Fact("host", host.text)] + (isTranslated ? [Fact("asciiHost", host.bare)] : [])
    }

    // MARK: - The host itself

    private func resolveHost(until limit: Deadline) async -> Failure.Reason? {
        if proxyResolvesNames, settings.host.kind == .name {
            recorder.add([Fact("note", "The proxy resolves the name.")])
            destinations = [Destination(address: nil, peer: settings.host)]
            return nil
        }
        switch await lookUp(settings.host.bare, port: settings.port, until: limit) {
        case .failure(let error) where error.kind == .noAddress:
            return await hasExchangers(until: limit) ? .mailDomain : .resolver(.noAddress)
        case .failure(let error): return reason(for: error)
        case .success(let found):
            recorder.add([Fact("addresses", .array(found.map { .string($0.host) }))])
            add(found, of: settings.host)
            return destinations.isEmpty ? noneUsable : nil
        }
    }

    /// There are addresses, and the settings leave them all out.
    private var noneUsable: Failure.Reason {
        settings.addressFamily == .automatic
            ? .proxyWithoutIPv6 : .addressFamily(settings.addressFamily)
    }

    /// Whether the host is a mail domain, so that the advice can say so.
    private func hasExchangers(until limit: Deadline) async -> Bool {
        guard settings.host.kind == .name else { return false }
        guard case .success(let found) = await exchangers(until: limit) else { return false }
        recorder.add([Fact("mailExchangers", .array(found.map { .string($0.host) }))])
        return !found.allSatisfy(\.host.isEmpty)
    }

    func lookUp(_ name: String, port: UInt16, until limit: Deadline) async -> Addresses {
        do throws(ResolverError) {
            return .success(
                try await engine.resolver.resolve(
                    name,
                    port: port,
                    on: loop,
                    until: limit
                )
            )
        } catch {
            return .failure(error)
        }
    }

    /// Adds the addresses of the family asked for; one that two exchangers share is tried as the
    /// first one's.
    private func add(_ addresses: [SocketAddress], of peer: Host) {
        let isIPv4Only = route.proxy?.kind == .socks4
        let usable = addresses.filter {
            settings.addressFamily.includes($0) && !(isIPv4Only && $0.family == .ipv6)
        }
        if usable.count < addresses.count {
            let family = settings.addressFamily == .ipv6 ? "IPv6" : "IPv4"
            let why = settings.addressFamily == .automatic ? "SOCKS4 carries no others" : "as set"
            recorder.add([Fact("note", "Only \(family) addresses are used: \(why).")])
        }
        let known = Set(destinations.map(\.address))
        destinations += usable.filter { !known.contains($0) }
            .map { Destination(address: $0, peer: peer) }
    }

    func reason(for error: ResolverError) -> Failure.Reason {
        switch error.kind {
        case .cancelled: .cancelled
        case .timedOut where deadline.hasPassed: .timedOut
        default: .resolver(error.kind)
        }
    }

    // MARK: - Mail exchangers

    /// Finds the addresses of the domain's mail exchangers (RFC 5321, section 5.1).
    private func resolveExchangers(until limit: Deadline) async -> Failure.Reason? {
        switch await exchangers(until: limit) {
        case .failure(let error) where error.kind == .noAddress:
            // The domain is its own exchanger; only when it has no MX record at all.
            recorder.add([Fact("implicitMX", .bool(true))])
            return await resolveHost(until: limit)
        case .failure(let error): return reason(for: error)
        case .success(let found):
            let named = found.filter { !$0.host.isEmpty }
            guard !named.isEmpty else { return .nullMX }
            return await resolve(inOrder(named), until: limit)
        }
    }

    private func exchangers(until limit: Deadline) async -> Result<[MailExchanger], ResolverError> {
        do throws(ResolverError) {
            return .success(
                try await engine.resolver.mailExchangers(
                    of: settings.host.bare,
                    on: loop,
                    until: limit
                )
            )
        } catch {
            return .failure(error)
        }
    }

    /// The lowest preference first; equal ones in random order, so that they share the load.
    private func inOrder(_ exchangers: [MailExchanger]) -> [MailExchanger] {
        let drawn = exchangers.map { (exchanger: $0, lot: engine.random.bytes(count: 8)) }
        return drawn.sorted { left, right in
            guard left.exchanger.preference == right.exchanger.preference else {
                return left.exchanger.preference < right.exchanger.preference
            }
            return left.lot.lexicographicallyPrecedes(right.lot)
        }
        .map(\.exchanger)
    }

    private func resolve(
        _ exchangers: [MailExchanger],
        until limit: Deadline
    ) async -> Failure.Reason? {
        var facts: [JSON] = []
        for exchanger in exchangers {
            let found = await lookUp(exchanger, until: limit)
            facts.append(Self.fact(exchanger, found))
            guard case .failure(let error) = found else { continue }
            let reason = reason(for: error)
            guard case .resolver(let kind) = reason else { return reason }
            unresolved.append(Failure(step: .resolve, reason: .exchanger(exchanger.host, kind)))
        }
        recorder.add([Fact("mailExchangers", .array(facts))])
        guard destinations.isEmpty else { return nil }
        return unresolved.first?.reason ?? noneUsable
    }

    private func lookUp(_ exchanger: MailExchanger, until limit: Deadline) async -> Addresses {
        // A name that cannot be one has no address; an address is not allowed here.
        guard let host = Host(exchanger.host), host.kind == .name else {
            return .failure(ResolverError(.notFound, host: exchanger.host))
        }
        guard !proxyResolvesNames else {
            destinations.append(Destination(address: nil, peer: host))
            return .success([])
        }
        let found = await lookUp(host.bare, port: settings.port, until: limit)
        if case .success(let addresses) = found { add(addresses, of: host) }
        return found
    }

    private static func fact(_ exchanger: MailExchanger, _ found: Addresses) -> JSON {
        let result: JSON.Member
        switch found {
        case .success(let addresses):
            result = .init("addresses", .array(addresses.map { .string($0.host) }))
        case .failure(let error):
            result = .init("error", .string(error.kind.rawValue))
        }
        return .object([
            .init("preference", .number(Int(exchanger.preference))),
            .init("host", .string(Transcript.text(exchanger.host.utf8))), result,
        ])
    }
}

extension AddressFamily {
    fileprivate func includes(_ address: SocketAddress) -> Bool {
        switch self {
        case .automatic: true
        case .ipv4: address.family == .ipv4
        case .ipv6: address.family == .ipv6
        }
    }
}
