/// The data of a message on its way in: removes the dots the client added and finds the end.
///
/// Only CRLF, dot, CRLF ends it (RFC 5321 sections 4.1.1.4 and 4.5.2); with any weaker end a
/// message could carry a second one past a stricter relay.
struct DotUnstuffer {
    private enum Place {
        case lineStart, afterDot, afterDotAndReturn, inLine, afterReturn
    }

    /// The message; not complete when `isTooLarge`.
    private(set) var message: [UInt8] = []
    /// Bytes taken from the wire, also those beyond the limit.
    private(set) var byteCount = 0
    private(set) var isFinished = false
    private(set) var isTooLarge = false
    private let limit: Int
    private var place = Place.lineStart

    init(limit: Int) {
        self.limit = limit
    }

    /// Takes bytes from `start`; returns the index after the last one taken.
    mutating func append(_ bytes: [UInt8], from start: Int) -> Int {
        var index = start
        while index < bytes.count, !isFinished {
            if place == .inLine {
                let end = bytes[index...].firstIndex(of: .carriageReturn) ?? bytes.count
                keep(bytes[index..<end])
                index = end
                guard index < bytes.count else { break }
            }
            step(bytes[index])
            index += 1
        }
        byteCount += index - start
        return index
    }

    private mutating func step(_ byte: UInt8) {
        switch (place, byte) {
        case (.lineStart, UInt8(ascii: ".")): place = .afterDot
        case (.afterDot, .carriageReturn): place = .afterDotAndReturn
        case (.afterDotAndReturn, .lineFeed): isFinished = true
        case (.afterDotAndReturn, _):
            keep([.carriageReturn])
            place = .afterReturn
            step(byte)
        case (.afterReturn, .lineFeed):
            keep([byte])
            place = .lineStart
        default:
            keep([byte])
            place = byte == .carriageReturn ? .afterReturn : .inLine
        }
    }

    private mutating func keep(_ bytes: ArraySlice<UInt8>) {
        guard !isTooLarge else { return }
        guard message.count + bytes.count <= limit else {
            isTooLarge = true
            message = []
            return
        }
        message += bytes
    }
}
