/// Bytes that have arrived and were not yet read, given out as command lines or as message data.
struct InputBuffer {
    enum Line: Equatable {
        /// A line without its CRLF.
        case text([UInt8])
        /// A line that a bare LF ended or that holds a bare CR.
        case malformed
        /// A line over the limit; it was thrown away.
        case tooLong
    }

    private var bytes: [UInt8] = []
    private var head = 0
    /// The rest of a line that is too long goes the same way.
    private var isDiscarding = false

    var isEmpty: Bool { head == bytes.count }

    mutating func append(_ more: [UInt8]) {
        if head > 0 {
            bytes.removeSubrange(..<head)
            head = 0
        }
        bytes += more
    }

    mutating func removeAll() {
        self = InputBuffer()
    }

    /// The next command line of at most `limit` bytes with its CRLF; nil when it is not complete.
    mutating func nextLine(limit: Int) -> Line? {
        guard let end = bytes[head...].firstIndex(of: .lineFeed) else {
            if bytes.count - head > limit {
                isDiscarding = true
                head = bytes.count
            }
            return nil
        }
        let line = bytes[head..<end]
        head = end + 1
        if isDiscarding || line.count >= limit {
            isDiscarding = false
            return .tooLong
        }
        guard line.last == .carriageReturn else { return .malformed }
        let text = line.dropLast()
        return text.contains(.carriageReturn) ? .malformed : .text(Array(text))
    }

    /// Hands over everything up to the end of the message's data; true when that was reached.
    mutating func read(into data: inout DotUnstuffer) -> Bool {
        head = data.append(bytes, from: head)
        return data.isFinished
    }
}

extension UInt8 {
    static let lineFeed: UInt8 = 0x0A
    static let carriageReturn: UInt8 = 0x0D
    static let space: UInt8 = 0x20
    static let tab: UInt8 = 0x09

    var isBlank: Bool { self == .space || self == .tab }

    /// ASCII letters in lower case, everything else as it is.
    var lowercased: UInt8 { (0x41...0x5A).contains(self) ? self | 0x20 : self }
}
