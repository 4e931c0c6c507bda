import OAuth
import Outbound

/// The address of a provider, with the paths below it.
struct ProviderURL: Sendable, Equatable {
    let base: HTTPSURL
    /// Without a slash at its end.
    let text: String

    /// Throws: what is no address over HTTPS, or one with a query.
    init(_ address: String) throws(ProviderFailure) {
        var bytes = Array(address.utf8)
        while bytes.last == UInt8(ascii: "/") { bytes.removeLast() }
        text = String(decoding: bytes, as: UTF8.self)
        guard !bytes.contains(UInt8(ascii: "?")), let base = HTTPSURL(text) else {
            throw ProviderFailure(
                ProviderAdvice.settings,
                "its URL must be an address with https and without a query"
            )
        }
        self.base = base
    }

    /// Whether it says more than the host.
    var hasPath: Bool {
        let bytes = Array(text.utf8)
        guard let mark = bytes.firstRange(of: "://".utf8) else { return false }
        return bytes[mark.upperBound...].contains(UInt8(ascii: "/"))
    }

    /// `path` as it is, then each of `segments` encoded, `/` in it too.
    ///
    /// Throws: segments that would lead elsewhere.
    func url(
        _ path: String,
        _ segments: [String] = [],
        query: [(name: String, value: String)] = []
    ) throws(ProviderFailure) -> HTTPSURL {
        var output = text + path
        for segment in segments {
            guard !segment.isEmpty, segment != ".", segment != ".." else {
                throw ProviderFailure(
                    ProviderAdvice.reference,
                    "“\(segment)” is no part of a path in a vault"
                )
            }
            output += "/" + FormEncoding.encode(segment)
        }
        let fields = query.map { "\($0.name)=\(FormEncoding.encode($0.value))" }
        if !fields.isEmpty { output += "?" + fields.joined(separator: "&") }
        guard let url = HTTPSURL(output) else {
            throw ProviderFailure(ProviderAdvice.reference, "it is too long")
        }
        return url
    }

    /// The parts of a path that people write with slashes; those at both ends do not count.
    static func segments(_ path: String) -> [String] {
        var bytes = Array(path.utf8)[...]
        while bytes.first == UInt8(ascii: "/") { bytes = bytes.dropFirst() }
        while bytes.last == UInt8(ascii: "/") { bytes = bytes.dropLast() }
        return bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
    }
}
