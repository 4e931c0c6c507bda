/// One file in memory with its ready-made responses.
struct StaticFile: Sendable {
    /// How long a browser may keep the file.
    enum Caching { case immutable, daily, revalidated }

    private let plain: Variant
    private let compressed: Variant?

    /// The file in one coding.
    private struct Variant {
        let tag: String
        let headers: HeaderList
        let bytes: [UInt8]
    }

    init(path: String, bytes: [UInt8], checksum: String) {
        let type = ContentType.of(path)
        var base = HeaderList(["X-Content-Type-Options": "nosniff"])
        base.append("Cross-Origin-Resource-Policy", "same-origin")
        base.append("Content-Type", type.value)
        if type.isText { base.append("Vary", "Accept-Encoding") }
        plain = Self.variant(tag: "\"\(checksum)\"", base, bytes)
        guard type.isText, let smaller = Gzip.compress(bytes), smaller.count < bytes.count else {
            compressed = nil
            return
        }
        base.append("Content-Encoding", "gzip")
        compressed = Self.variant(tag: "\"\(checksum)-gzip\"", base, smaller)
    }

    private static func variant(tag: String, _ base: HeaderList, _ bytes: [UInt8]) -> Variant {
        var headers = base
        if let value = HeaderValue(tag) { headers.append("ETag", value) }
        return Variant(tag: tag, headers: headers, bytes: bytes)
    }

    /// The file, or 304 when the browser has it.
    func response(to request: Request, _ caching: Caching) -> Response {
        let variant = variant(for: request)
        var headers = variant.headers
        headers.append("Cache-Control", Self.cacheControl(caching))
        if request.headers(.ifNoneMatch).contains(where: { Self.matches($0, variant.tag) }) {
            return Response(.notModified, headers: headers)
        }
        return Response(.ok, headers: headers, body: variant.bytes)
    }

    private func variant(for request: Request) -> Variant {
        guard let compressed else { return plain }
        return AcceptEncoding.allowsGzip(request.headers(.acceptEncoding)) ? compressed : plain
    }

    private static func cacheControl(_ caching: Caching) -> HeaderValue {
        switch caching {
        case .immutable: "public, max-age=31536000, immutable"
        case .daily: "public, max-age=86400"
        case .revalidated: "no-cache"
        }
    }

    /// Weak comparison, RFC 9110 section 13.1.2.
    private static func matches(_ condition: String, _ tag: String) -> Bool {
        condition.utf8.split(separator: Byte.comma).contains { element in
            var element = element.filter { $0 != Byte.space && $0 != Byte.tab }[...]
            if element.starts(with: "W/".utf8) { element = element.dropFirst(2) }
            return element.elementsEqual("*".utf8) || element.elementsEqual(tag.utf8)
        }
    }
}

/// The Accept-Encoding field, RFC 9110 section 12.5.3.
enum AcceptEncoding {
    /// Whether the fields name gzip, or everything, with a quality above 0.
    static func allowsGzip(_ fields: [String]) -> Bool {
        var allowed: Bool?
        var allowsOthers = false
        for element in fields.joined(separator: ",").split(separator: ",") {
            let parts = element.split(separator: ";").map { part in
                String(part.filter { $0 != " " && $0 != "\t" }).lowercased()
            }
            guard let coding = parts.first else { continue }
            let isWanted = !parts.dropFirst().contains(where: isZeroQuality)
            if coding == "gzip" || coding == "x-gzip" { allowed = isWanted }
            if coding == "*" { allowsOthers = isWanted }
        }
        return allowed ?? allowsOthers
    }

    private static func isZeroQuality(_ parameter: String) -> Bool {
        guard parameter.utf8.starts(with: "q=0".utf8) else { return false }
        return parameter.utf8.dropFirst(3).allSatisfy { $0 == Byte.dot || $0 == 0x30 }
    }
}
