package import Sockets

extension Request {
    /// The client's address: the peer's, or what trusted proxies say of it.
    package var remoteAddress: SocketAddress {
        let connection = storage.connection
        guard connection.trustedProxies.contains(connection.peer) else { return connection.peer }
        let entries = headers(.forwardedFor).flatMap {
            Array($0.utf8).split(separator: Byte.comma)
        }
        var client = connection.peer
        for entry in entries.reversed() {
            guard let address = ForwardedFields.address(entry) else { break }
            client = address
            guard connection.trustedProxies.contains(address) else { break }
        }
        return client
    }

    /// Whether the client's connection is encrypted, here or at a trusted proxy.
    package var isSecure: Bool {
        if storage.connection.isSecure { return true }
        guard isFromTrustedProxy, let proto = lastForwarded(.forwardedProto) else { return false }
        return proto.map(Byte.lowercase).elementsEqual("https".utf8)
    }

    /// Host and port the client asked for, as in the Host field; empty for HTTP/1.0 without one.
    package var host: String {
        if isFromTrustedProxy, let host = lastForwarded(.forwardedHost),
            HostName.isValidAuthority(host.span)
        {
            return String(decoding: host, as: UTF8.self)
        }
        return text(storage.head.authority ?? 0..<0)
    }

    private var isFromTrustedProxy: Bool {
        storage.connection.trustedProxies.contains(storage.connection.peer)
    }

    /// The last element of the last field: what the nearest proxy wrote.
    private func lastForwarded(_ field: HeaderField) -> [UInt8]? {
        guard let value = headers(field).last else { return nil }
        let last = Array(value.utf8).split(separator: Byte.comma).last
        return last.map { $0.filter { $0 != Byte.space && $0 != Byte.tab } }
    }
}

/// Reading what proxies write.
enum ForwardedFields {
    /// An address of X-Forwarded-For, with or without a port and brackets.
    static func address(_ entry: ArraySlice<UInt8>) -> SocketAddress? {
        let bytes = entry.filter { $0 != Byte.space && $0 != Byte.tab }
        if bytes.first == UInt8(ascii: "[") {
            return numeric(bytes.dropFirst().prefix { $0 != UInt8(ascii: "]") })
        }
        let colons = bytes.count { $0 == Byte.colon }
        return numeric(colons == 1 ? bytes.prefix { $0 != Byte.colon } : bytes[...])
    }

    private static func numeric(_ bytes: ArraySlice<UInt8>) -> SocketAddress? {
        SocketAddress(numeric: String(decoding: bytes, as: UTF8.self), port: 0)
    }
}
