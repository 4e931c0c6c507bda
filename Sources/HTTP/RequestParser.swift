/// A strict HTTP/1.1 request parser: bytes in, one request after the other out.
///
/// It knows no socket and no clock. Append bytes to `buffer`, call `advance()`, and after
/// `.complete` call `next()`. Each byte is looked at a constant number of times however the
/// input is cut. RFC 9112; what that leaves open or tolerates for old clients and could be read
/// in two ways is refused.
package struct RequestParser {
    /// How much a request may be.
    package struct Limits: Sendable {
        /// Bytes of the request line.
        package var requestLine = 8192
        /// Bytes of all header fields with their line ends.
        package var fieldBytes = 32_768
        /// Number of header fields.
        package var fieldCount = 100
        /// Bytes of chunk extensions in one request.
        package var extensionBytes = 1024
        /// Bytes of trailer fields.
        package var trailerBytes = 8192

        package init() {}
    }

    /// What came of the bytes so far.
    package enum Step: Equatable, Sendable {
        /// The request goes on: append more bytes.
        case needMore
        /// The head has ended and a body follows: set `bodyLimit`, then advance again.
        case head
        /// The request is complete.
        case complete
        /// The connection cannot be used further: answer and close.
        case failed(HTTPError)
    }

    enum State: Equatable {
        case requestLine, fields, headDone
        case fixedBody(remaining: Int)
        case chunkSize, chunkData(remaining: Int), chunkEnd, trailer
        case complete
        case failed(HTTPError)
    }

    /// The bytes that have arrived; append here.
    package var buffer: [UInt8] = []
    /// The largest body in bytes; set after `.head`.
    package var bodyLimit = 0
    let limits: Limits

    var state = State.requestLine
    /// Where the request begins, the first byte not yet understood, and how far it was searched.
    var start = 0
    var position = 0
    var searched = 0

    var head = RequestHead()
    var body: [UInt8] = []
    var extensionBytes = 0
    var trailerBytes = 0
    var fieldsStart = 0
    var bodyStart = 0
    var isHeadReported = false

    package init(limits: Limits = Limits()) {
        self.limits = limits
    }

    /// Whether not one byte of the next request has arrived.
    package var isIdle: Bool { state == .requestLine && position == buffer.count }

    /// Whether the head has been read and the body has not.
    package var isInBody: Bool {
        switch state {
        case .requestLine, .fields, .complete, .failed: false
        default: true
        }
    }

    /// Whether a client that waits for `100 Continue` should be told to go on.
    package var expectsContinue: Bool {
        head.expectsContinue && position == buffer.count
    }

    /// Goes as far as the bytes allow.
    package mutating func advance() -> Step {
        while true {
            do throws(HTTPError) {
                guard let step = try work() else { continue }
                if step == .needMore, isInBody { dropBodyBytes() }
                return step
            } catch {
                state = .failed(error)
                return .failed(error)
            }
        }
    }

    /// Hands the complete request's body over.
    mutating func takeBody() -> [UInt8] {
        guard !body.isEmpty else { return [] }
        let taken = body
        body = []
        return taken
    }

    /// Forgets the complete request and begins with the bytes that follow it.
    package mutating func next() {
        guard state == .complete else { return }
        if head.contentLength ?? 0 > 0 || head.isChunked {
            // A form may have had secrets: its room is given back, where memory is cleared.
            buffer = Array(buffer[position...])
            position = 0
        } else if position == buffer.count {
            buffer.removeAll(keepingCapacity: buffer.capacity <= Self.keptCapacity)
            position = 0
        } else if position > Self.keptCapacity {
            buffer.removeSubrange(..<position)
            position = 0
        }
        start = position
        searched = position
        state = .requestLine
        head.reset()
        if !body.isEmpty { body = [] }
        extensionBytes = 0
        trailerBytes = 0
        isHeadReported = false
    }

    /// An idle connection keeps no larger buffer than this.
    private static let keptCapacity = 4096

    /// Does the work of one state; nil: another state may go on.
    private mutating func work() throws(HTTPError) -> Step? {
        switch state {
        case .requestLine: try takeRequestLine()
        case .fields: try takeField()
        case .headDone: try beginBody()
        case .fixedBody(let remaining): takeBody(remaining)
        case .chunkSize: try takeChunkSize()
        case .chunkData(let remaining): takeChunkData(remaining)
        case .chunkEnd: try takeChunkEnd()
        case .trailer: try takeTrailer()
        case .complete: .complete
        case .failed(let error): .failed(error)
        }
    }
}

// MARK: - Lines

extension RequestParser {
    /// The next line without its CR LF; nil when its end has not arrived.
    ///
    /// `room` is how many bytes from `position` on may come before the line feed.
    mutating func takeLine(
        room: Int,
        orFail failure: HTTPError.Kind
    ) throws(HTTPError) -> Range<Int>? {
        guard let end = indexOfLineFeed() else {
            searched = buffer.count
            guard buffer.count - position <= room else { throw HTTPError(failure) }
            return nil
        }
        guard end - position <= room else { throw HTTPError(failure) }
        guard end > position, buffer[end - 1] == Byte.carriageReturn else {
            throw HTTPError(.lineEnding)
        }
        let line = position..<(end - 1)
        position = end + 1
        searched = position
        return line
    }

    private func indexOfLineFeed() -> Int? {
        let bytes = buffer.span
        var index = searched
        while index < bytes.count {
            if bytes[index] == Byte.lineFeed { return index }
            index += 1
        }
        return nil
    }
}
