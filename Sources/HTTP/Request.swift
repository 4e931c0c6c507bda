package import Sockets

/// A request as a handler sees it: checked, complete, immutable.
///
/// Parts of the head are read out of the received bytes when they are asked for.
package struct Request: Sendable {
    let storage: Storage
    /// The body, without transfer coding; empty when there was none.
    package let body: [UInt8]

    /// What all copies of a request share.
    final class Storage: Sendable {
        let bytes: [UInt8]
        let head: RequestHead
        let connection: ConnectionFacts
        let reference: UInt64

        init(
            bytes: [UInt8],
            head: RequestHead,
            connection: ConnectionFacts,
            reference: UInt64
        ) {
            self.bytes = bytes
            self.head = head
            self.connection = connection
            self.reference = reference
        }
    }

    init(storage: Storage, body: [UInt8]) {
        self.storage = storage
        self.body = body
    }

    package var method: Method { storage.head.method }

    /// The target as it was sent, at most 8 KB of visible ASCII.
    package var target: String { text(storage.head.target) }

    /// The path as it was sent, without the query.
    package var rawPath: String { text(storage.head.path) }

    /// The path's bytes as they were sent.
    package var rawPathBytes: ArraySlice<UInt8> { storage.bytes[storage.head.path] }

    /// The query as it was sent, without the question mark; empty when there is none.
    package var rawQuery: String { text(storage.head.query ?? 0..<0) }

    /// The decoded segments of the path: none for `/`; a trailing slash gives an empty last one.
    ///
    /// No segment is a dot segment or has a slash, a control character or invalid UTF-8: such
    /// requests were refused.
    package var path: [String] {
        PathSegments.split(rawPathBytes, isEncoded: storage.head.isPathEncoded)
    }

    /// The path with every segment decoded; a decoded segment has no slash, so nothing is lost.
    package var decodedPath: ArraySlice<UInt8> {
        guard storage.head.isPathEncoded else { return rawPathBytes }
        return Array(path.map { "/" + $0 }.joined().utf8)[...]
    }

    /// A short random name for this request, for the log and for pages that report an error.
    package var id: String { RequestReference.text(storage.reference) }

    /// Whether the client asked with HTTP/1.0.
    var isOldVersion: Bool { storage.head.isOldVersion }

    func text(_ range: Range<Int>) -> String {
        String(decoding: storage.bytes[range], as: UTF8.self)
    }
}

/// What is known of the connection a request came over.
package final class ConnectionFacts: Sendable {
    /// The other end of the connection: the client or a proxy.
    package let peer: SocketAddress
    /// Whether the connection itself is encrypted.
    package let isSecure: Bool
    /// Whose X-Forwarded fields count.
    package let trustedProxies: TrustedProxies

    package init(
        peer: SocketAddress,
        isSecure: Bool = false,
        trustedProxies: TrustedProxies = TrustedProxies([])
    ) {
        self.peer = peer
        self.isSecure = isSecure
        self.trustedProxies = trustedProxies
    }
}

/// The printed form of a request's reference.
enum RequestReference {
    /// 10 characters without vowels and look-alikes, 48 bits.
    static func text(_ reference: UInt64) -> String {
        let alphabet = Array("0123456789bcdfghjkmnpqrstvwxyz__".utf8)
        var rest = reference
        var characters: [UInt8] = []
        for _ in 0..<10 {
            characters.append(alphabet[Int(rest % 30)])
            rest /= 30
        }
        return String(decoding: characters, as: UTF8.self)
    }
}
