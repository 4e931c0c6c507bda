extension RequestParser {
    /// Tells the caller that a body follows, once; then goes by the framing.
    mutating func beginBody() throws(HTTPError) -> Step? {
        guard isHeadReported else {
            isHeadReported = true
            return .head
        }
        if let length = head.contentLength {
            guard length <= bodyLimit else { throw HTTPError(.bodyTooLarge) }
            state = .fixedBody(remaining: length)
        } else {
            state = .chunkSize
        }
        return nil
    }

    /// Moves what has arrived of a body of known length.
    mutating func takeBody(_ remaining: Int) -> Step? {
        let left = move(remaining)
        state = left == 0 ? .complete : .fixedBody(remaining: left)
        return left == 0 ? nil : .needMore
    }

    /// `size [extension] CRLF`, RFC 9112 section 7.1.
    mutating func takeChunkSize() throws(HTTPError) -> Step? {
        let room = 20 + limits.extensionBytes - extensionBytes
        guard let line = try takeLine(room: room, orFail: .chunkExtension) else {
            return .needMore
        }
        let (size, extensionCount) = try Self.chunkSize(buffer.span.extracting(line))
        extensionBytes += extensionCount
        guard extensionBytes <= limits.extensionBytes else { throw HTTPError(.chunkExtension) }
        guard size <= bodyLimit - body.count else { throw HTTPError(.bodyTooLarge) }
        state = size == 0 ? .trailer : .chunkData(remaining: size)
        return nil
    }

    /// The size a chunk's line names, and how many bytes of extensions follow it.
    private static func chunkSize(
        _ line: Span<UInt8>
    ) throws(HTTPError) -> (size: Int, extensions: Int) {
        var size = 0
        var digits = 0
        while digits < line.count, let value = Byte.hexValue(line[digits]) {
            guard digits < 15 else { throw HTTPError(.chunkSize) }
            size = size << 4 | Int(value)
            digits += 1
        }
        guard digits > 0 else { throw HTTPError(.chunkSize) }
        guard digits < line.count else { return (size, 0) }
        guard line[digits] == Byte.semicolon else { throw HTTPError(.chunkSize) }
        try ChunkExtension.check(line.extracting(digits..<line.count))
        return (size, line.count - digits)
    }

    mutating func takeChunkData(_ remaining: Int) -> Step? {
        let left = move(remaining)
        state = left == 0 ? .chunkEnd : .chunkData(remaining: left)
        return left == 0 ? nil : .needMore
    }

    /// The CR LF after a chunk's data.
    mutating func takeChunkEnd() throws(HTTPError) -> Step? {
        guard position < buffer.count else { return .needMore }
        guard buffer[position] == Byte.carriageReturn else { throw HTTPError(.chunkEnd) }
        guard position + 1 < buffer.count else { return .needMore }
        guard buffer[position + 1] == Byte.lineFeed else { throw HTTPError(.chunkEnd) }
        position += 2
        searched = position
        state = .chunkSize
        return nil
    }

    /// Trailer fields are checked and dropped; the empty line ends the request.
    mutating func takeTrailer() throws(HTTPError) -> Step? {
        let room = limits.trailerBytes - trailerBytes
        guard let line = try takeLine(room: room, orFail: .trailer) else { return .needMore }
        trailerBytes += line.count + 2
        guard !line.isEmpty else {
            state = .complete
            return nil
        }
        do throws(HTTPError) {
            _ = try Self.parseField(buffer.span.extracting(line), at: line.lowerBound)
        } catch {
            throw HTTPError(.trailer)
        }
        return nil
    }

    /// Moves up to `remaining` bytes to the body and out of the buffer; returns what is left.
    private mutating func move(_ remaining: Int) -> Int {
        let end = min(buffer.count, position + remaining)
        let count = end - position
        body.append(contentsOf: buffer[position..<end])
        position = end
        searched = end
        return remaining - count
    }

    /// Gives the room of consumed body bytes back, when little or nothing has to be moved for it.
    mutating func dropBodyBytes() {
        let consumed = position - bodyStart
        guard consumed > 0, position == buffer.count || consumed > 65_536 else { return }
        buffer.removeSubrange(bodyStart..<position)
        position = bodyStart
        searched -= consumed
    }
}
