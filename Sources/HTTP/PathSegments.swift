/// The segments of a path, decoded.
enum PathSegments {
    /// Refuses a path with dot segments, encoded slashes, control characters or invalid UTF-8.
    ///
    /// What a browser would have resolved, and what could mean another path once decoded, has no
    /// business in a request.
    static func check(_ path: ArraySlice<UInt8>) throws(HTTPError) {
        for segment in path.split(separator: Byte.slash) {
            // Whatever is wrong with the encoding, the path is refused with one reason.
            guard let decoded = try? decode(segment) else { throw HTTPError(.path) }
            guard decoded != ".", decoded != ".." else { throw HTTPError(.path) }
            guard !decoded.utf8.contains(where: isForbidden) else { throw HTTPError(.path) }
        }
    }

    private static func isForbidden(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == 0x7F || byte == Byte.slash || byte == UInt8(ascii: "\\")
    }

    /// The decoded segments; `/` has none, a trailing slash gives an empty last one.
    ///
    /// The path has passed `check`.
    static func split(_ path: ArraySlice<UInt8>, isEncoded: Bool) -> [String] {
        guard path.count > 1, path.first == Byte.slash else { return [] }
        var segments: [String] = []
        for segment in path.dropFirst().split(
            separator: Byte.slash,
            omittingEmptySubsequences: false
        ) {
            segments.append(text(segment, isEncoded))
        }
        return segments
    }

    private static func text(_ segment: ArraySlice<UInt8>, _ isEncoded: Bool) -> String {
        guard isEncoded else { return String(decoding: segment, as: UTF8.self) }
        // A checked path decodes; the raw text is as good as any answer if it did not.
        return (try? decode(segment)) ?? String(decoding: segment, as: UTF8.self)
    }

    private static func decode(_ segment: ArraySlice<UInt8>) throws(HTTPError) -> String {
        try PercentCoding.decodeText(segment, plusIsSpace: false)
    }
}
