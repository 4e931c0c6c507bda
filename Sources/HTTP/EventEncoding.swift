/// The text of events, HTML Standard section 9.2.6.
enum EventEncoding {
    static let heartbeat: [UInt8] = Array(":\n\n".utf8)

    static func event(id: String?, event: String?, data: String) -> [UInt8] {
        var bytes: [UInt8] = []
        if let id { appendField("id: ", id, to: &bytes) }
        if let event { appendField("event: ", event, to: &bytes) }
        appendData(data, to: &bytes)
        bytes.append(Byte.lineFeed)
        return bytes
    }

    static func retry(_ time: Duration) -> [UInt8] {
        let (seconds, attoseconds) = time.components
        let milliseconds = max(0, seconds * 1000 + attoseconds / 1_000_000_000_000_000)
        return Array("retry: \(milliseconds)\n\n".utf8)
    }

    /// A field of one line; what would end the line or the id is left out.
    private static func appendField(_ name: String, _ value: String, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: name.utf8)
        for byte in value.utf8
        where byte != Byte.lineFeed && byte != Byte.carriageReturn && byte != 0 {
            bytes.append(byte)
        }
        bytes.append(Byte.lineFeed)
    }

    /// One `data:` line for each line; CR LF, LF and CR end lines.
    private static func appendData(_ data: String, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: "data: ".utf8)
        var previous: UInt8 = 0
        for byte in data.utf8 {
            switch byte {
            case Byte.lineFeed where previous == Byte.carriageReturn: break
            case Byte.lineFeed, Byte.carriageReturn: bytes.append(contentsOf: "\ndata: ".utf8)
            default: bytes.append(byte)
            }
            previous = byte
        }
        bytes.append(Byte.lineFeed)
    }
}
