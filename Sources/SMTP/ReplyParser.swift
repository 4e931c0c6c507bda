/// Cuts the relay's bytes into replies, strictly and within limits.
struct ReplyParser {
    /// Longest line with its code and CRLF; RFC 5321 allows 512, relays exceed it, and RFC 4954
    /// (section 4) allows challenges of 12288 bytes.
    static let longestLine = 12_294
    static let mostLines = 128
    /// Of one reply.
    static let mostBytes = 65_536

    enum Violation: Error, Equatable {
        /// A TLS record where a reply should be: the relay waits for TLS.
        case tlsRecord
        /// The first bytes are no reply code.
        case notAReply([UInt8])
        case bareLineFeed, bareCarriageReturn
        case differingCodes(Int, Int)
        case lineTooLong, tooManyLines, tooLarge

        var text: String {
            switch self {
            case .tlsRecord: "a TLS record instead of a reply"
            case .notAReply(let bytes): "no reply code: “\(Transcript.text(bytes))”"
            case .bareLineFeed: "a line that ends with LF instead of CRLF"
            case .bareCarriageReturn: "a CR in the middle of a line"
            case .differingCodes(let first, let second):
                "a reply that begins with \(first) and goes on with \(second)"
            case .lineTooLong: "a line of more than \(ReplyParser.longestLine) bytes"
            case .tooManyLines: "a reply of more than \(ReplyParser.mostLines) lines"
            case .tooLarge: "a reply of more than \(ReplyParser.mostBytes) bytes"
            }
        }
    }

    private var buffer: [UInt8] = []
    /// Up to here the buffer holds no end of a line.
    private var searched = 0
    private var code: Int?
    private var lines: [[UInt8]] = []
    private var size = 0

    /// Whether bytes wait that belong to no reply yet taken.
    var isEmpty: Bool { buffer.isEmpty && lines.isEmpty }

    /// Adds what arrived; at most `mostBytes` more than `next()` has taken.
    mutating func feed(_ bytes: some Collection<UInt8>) {
        buffer += bytes
    }

    /// The next whole reply; nil until more arrives.
    mutating func next() throws(Violation) -> Reply? {
        while let line = try takeLine() {
            let (lineCode, isLast, text) = try Self.split(line)
            if let code, code != lineCode { throw .differingCodes(code, lineCode) }
            code = lineCode
            lines.append(text)
            guard isLast else {
                guard lines.count < Self.mostLines else { throw .tooManyLines }
                continue
            }
            defer {
                code = nil
                lines = []
                size = 0
            }
            return Reply(code: lineCode, lines: lines)
        }
        return nil
    }

    /// The next line without its CRLF.
    private mutating func takeLine() throws(Violation) -> [UInt8]? {
        if code == nil { try Self.checkStart(buffer) }
        guard let end = buffer[searched...].firstIndex(of: 0x0A) else {
            searched = buffer.count
            guard buffer.count < Self.longestLine else { throw .lineTooLong }
            return nil
        }
        guard end < Self.longestLine else { throw .lineTooLong }
        size += end + 1
        guard size <= Self.mostBytes else { throw .tooLarge }
        guard end > 0, buffer[end - 1] == 0x0D else { throw .bareLineFeed }
        let line = Array(buffer[..<(end - 1)])
        buffer.removeFirst(end + 1)
        searched = 0
        guard !line.contains(0x0D) else { throw .bareCarriageReturn }
        return line
    }

    /// Recognises what is no reply from its first bytes on, without waiting for a line.
    private static func checkStart(_ bytes: [UInt8]) throws(Violation) {
        if bytes.starts(with: [0x15, 0x03]) || bytes.starts(with: [0x16, 0x03]) {
            throw .tlsRecord
        }
        // Of a record only the first byte may be here.
        if bytes == [0x15] || bytes == [0x16] { return }
        guard bytes.prefix(3).allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else {
            throw .notAReply(Array(bytes.prefix(200).prefix { $0 != 0x0D && $0 != 0x0A }))
        }
    }

    private static func split(
        _ line: [UInt8]
    ) throws(Violation) -> (code: Int, isLast: Bool, text: [UInt8]) {
        guard line.count >= 3, line.prefix(3).allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else {
            throw .notAReply(Array(line.prefix(200)))
        }
        let code = line.prefix(3).reduce(0) { $0 * 10 + Int($1 - 0x30) }
        guard (200...599).contains(code) else { throw .notAReply(Array(line.prefix(200))) }
        guard line.count > 3 else { return (code, true, []) }
        switch line[3] {
        case UInt8(ascii: " "): return (code, true, Array(line.dropFirst(4)))
        case UInt8(ascii: "-"): return (code, false, Array(line.dropFirst(4)))
        default: throw .notAReply(Array(line.prefix(200)))
        }
    }
}
