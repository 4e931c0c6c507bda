extension RequestParser {
    /// The forms of RFC 9112 section 3.2: origin, absolute, and `*` for OPTIONS.
    mutating func parseTarget(_ target: Range<Int>) throws(HTTPError) {
        head.target = target
        if buffer[target.lowerBound] == Byte.slash {
            return try parsePath(target)
        }
        if head.method == .other("CONNECT") { throw HTTPError(.connectMethod) }
        if target.count == 1, buffer[target.lowerBound] == UInt8(ascii: "*") {
            guard head.method == .options else { throw HTTPError(.target) }
            head.path = target
            return
        }
        let authority = try Self.authority(buffer.span.extracting(target))
        let start = target.lowerBound
        head.authority = start + authority.lowerBound..<start + authority.upperBound
        try parsePath(start + authority.upperBound..<target.upperBound)
    }

    /// The authority of an `http://` or `https://` target.
    private static func authority(_ target: Span<UInt8>) throws(HTTPError) -> Range<Int> {
        let start: Int
        if target.extracting(first: 7).isSame(as: "http://") {
            start = 7
        } else if target.extracting(first: 8).isSame(as: "https://") {
            start = 8
        } else {
            throw HTTPError(.target)
        }
        var end = start
        while end < target.count, target[end] != Byte.slash, target[end] != Byte.question {
            end += 1
        }
        guard HostName.isValidAuthority(target.extracting(start..<end)) else {
            throw HTTPError(.host)
        }
        return start..<end
    }

    /// Checks the path and the query without decoding them.
    private mutating func parsePath(_ range: Range<Int>) throws(HTTPError) {
        let scan = try Self.scan(buffer.span.extracting(range))
        let end = range.lowerBound + scan.pathEnd
        head.path = range.lowerBound..<end
        head.query = end == range.upperBound ? nil : (end + 1)..<range.upperBound
        head.isPathEncoded = scan.hasPercent
        if scan.hasPercent || scan.mayHaveDots {
            try PathSegments.check(buffer[head.path])
        }
    }

    /// Where the path ends, and whether a closer look at it is needed.
    private static func scan(
        _ target: Span<UInt8>
    ) throws(HTTPError) -> (pathEnd: Int, hasPercent: Bool, mayHaveDots: Bool) {
        var index = 0
        var hasPercent = false
        var mayHaveDots = false
        while index < target.count, ByteSet.path.contains(target[index]) {
            let byte = target[index]
            if byte == Byte.percent { hasPercent = true }
            if byte == Byte.dot, index > 0, target[index - 1] == Byte.slash { mayHaveDots = true }
            index += 1
        }
        guard index < target.count else { return (index, hasPercent, mayHaveDots) }
        guard target[index] == Byte.question else { throw HTTPError(.target) }
        for rest in (index + 1)..<target.count where !ByteSet.query.contains(target[rest]) {
            throw HTTPError(.target)
        }
        return (index, hasPercent, mayHaveDots)
    }
}
