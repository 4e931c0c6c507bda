/// Writes the head of a response.
enum ResponseHead {
    /// How the body's end is known.
    enum Framing {
        case length(Int)
        case chunked
        /// By the end of the connection, or there is no body.
        case none
    }

    static func write(
        _ response: Response,
        framing: Framing,
        date: [UInt8],
        closes: Bool,
        into bytes: inout [UInt8]
    ) {
        writeStatus(response.status, into: &bytes)
        bytes.append(contentsOf: date)
        bytes.append(contentsOf: response.headers.bytes)
        switch framing {
        case .length(let count):
            bytes.append(contentsOf: "Content-Length: ".utf8)
            appendDecimal(count, to: &bytes)
            bytes.append(Byte.carriageReturn)
            bytes.append(Byte.lineFeed)
        case .chunked: bytes.append(contentsOf: "Transfer-Encoding: chunked\r\n".utf8)
        case .none: break
        }
        if closes { bytes.append(contentsOf: "Connection: close\r\n".utf8) }
        bytes.append(Byte.carriageReturn)
        bytes.append(Byte.lineFeed)
    }

    private static func writeStatus(_ status: Status, into bytes: inout [UInt8]) {
        if status == .ok {
            bytes.append(contentsOf: "HTTP/1.1 200 OK\r\n".utf8)
        } else {
            bytes.append(contentsOf: "HTTP/1.1 \(status.code) \(status.reason)\r\n".utf8)
        }
    }

    /// Appends a number that is not negative.
    static func appendDecimal(_ number: Int, to bytes: inout [UInt8]) {
        var divisor = 1
        while number / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            bytes.append(0x30 + UInt8(truncatingIfNeeded: number / divisor % 10))
            divisor /= 10
        }
    }
}
