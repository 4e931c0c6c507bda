import CLinux
import CResolver
import Glibc

// The library's callbacks are C functions: each finds its query through the context pointer, which
// stays valid because the query outlives its channel.

// MARK: - Addresses

extension ResolverQuery {
    func askForAddresses() {
        var hints = ares_addrinfo_hints()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        ares_getaddrinfo(
            channel,
            host,
            nil,
            &hints,
            { context, status, _, list in
                guard let context else { return }
                Unmanaged<ResolverQuery>.fromOpaque(context).takeUnretainedValue()
                    .finish(status, list)
            },
            Unmanaged.passUnretained(self).toOpaque()
        )
    }

    private func finish(_ status: Int32, _ list: UnsafeMutablePointer<ares_addrinfo>?) {
        defer { if let list { ares_freeaddrinfo(list) } }
        guard status == ARES_SUCCESS else { return finish(.failure(error(for: status))) }
        var addresses: [SocketAddress] = []
        var node = list?.pointee.nodes
        while let current = node {
            if let address = Self.address(current.pointee, port: port),
                !addresses.contains(address)
            {
                addresses.append(address)
            }
            node = current.pointee.ai_next
        }
        finish(
            addresses.isEmpty
                ? .failure(ResolverError(.noAddress, host: host)) : .success(.addresses(addresses))
        )
    }

    private static func address(_ node: ares_addrinfo_node, port: UInt16) -> SocketAddress? {
        guard let source = node.ai_addr else { return nil }
        var storage = sockaddr_storage()
        withUnsafeMutableBytes(of: &storage) { target in
            target.copyMemory(
                from: UnsafeRawBufferPointer(
                    start: source,
                    count: min(Int(node.ai_addrlen), target.count)
                )
            )
        }
        guard let address = SocketAddress(storage: storage) else { return nil }
        return SocketAddress(
            family: address.family,
            bytes: address.bytes,
            port: port,
            scope: address.scope
        )
    }
}

// MARK: - Mail exchangers

extension ResolverQuery {
    func askForExchangers() {
        ares_query(
            channel,
            host,
            Int32(ns_c_in.rawValue),
            Int32(ns_t_mx.rawValue),
            { context, status, _, bytes, count in
                guard let context else { return }
                Unmanaged<ResolverQuery>.fromOpaque(context).takeUnretainedValue()
                    .finish(status, exchangersIn: bytes, count)
            },
            Unmanaged.passUnretained(self).toOpaque()
        )
    }

    private func finish(
        _ status: Int32,
        exchangersIn bytes: UnsafeMutablePointer<UInt8>?,
        _ count: Int32
    ) {
        guard status == ARES_SUCCESS else { return finish(.failure(error(for: status))) }
        var list: UnsafeMutablePointer<ares_mx_reply>?
        let parsed = ares_parse_mx_reply(bytes, count, &list)
        defer { if let list { ares_free_data(list) } }
        guard parsed == ARES_SUCCESS else {
            // What is wrong then is the answer, not the name asked for.
            let status = parsed == ARES_ENODATA ? parsed : ARES_EBADRESP
            return finish(.failure(error(for: status)))
        }
        var exchangers: [MailExchanger] = []
        var node = list
        while let current = node?.pointee {
            let host = current.host.map { String(cString: $0) } ?? ""
            exchangers.append(MailExchanger(preference: current.priority, host: host))
            node = current.next
        }
        finish(
            exchangers.isEmpty
                ? .failure(ResolverError(.noAddress, host: host))
                : .success(.exchangers(exchangers))
        )
    }
}
