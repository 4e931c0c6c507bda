/// The form of a message between DATA and the final dot (RFC 5321, section 4.5.2).
enum MessageData {
    /// The end of the message.
    static let finalDot: [UInt8] = [UInt8(ascii: "."), 0x0D, 0x0A]

    /// Makes every line end CRLF, doubles a dot at the start of a line, and ends the last line.
    ///
    /// No bare CR or LF is left, so that nobody can smuggle a second message.
    static func encode(_ message: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(message.count + message.count / 32 + 2)
        var isAtLineStart = true
        var index = 0
        while index < message.count {
            let byte = message[index]
            index += 1
            switch byte {
            case 0x0D, 0x0A:
                if byte == 0x0D, index < message.count, message[index] == 0x0A { index += 1 }
                output.append(0x0D)
                output.append(0x0A)
                isAtLineStart = true
            default:
                if isAtLineStart, byte == UInt8(ascii: ".") { output.append(byte) }
                output.append(byte)
                isAtLineStart = false
            }
        }
        if !isAtLineStart || message.isEmpty {
            output.append(0x0D)
            output.append(0x0A)
        }
        return output
    }

    /// Bytes of a line without its end (RFC 5321, section 4.5.3.1.6).
    static let longestLine = 998

    /// The length of the longest line of a message, without its end.
    static func longestLine(in message: [UInt8]) -> Int {
        var longest = 0
        var length = 0
        for byte in message {
            length = byte == 0x0D || byte == 0x0A ? 0 : length + 1
            longest = max(longest, length)
        }
        return longest
    }

    /// Whether a header needs SMTPUTF8 (RFC 6532): a byte above 127 before the first empty line.
    static func hasEightBitHeader(_ message: [UInt8]) -> Bool {
        var isAtLineStart = true
        for byte in message {
            switch byte {
            case 0x0D: continue
            case 0x0A:
                if isAtLineStart { return false }
                isAtLineStart = true
            case 0x80...: return true
            default: isAtLineStart = false
            }
        }
        return false
    }
}
