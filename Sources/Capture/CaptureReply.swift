/// A reply of the server: a code and its lines (RFC 5321 section 4.2).
struct CaptureReply: Equatable, Sendable {
    let code: Int
    let lines: [String]

    init(_ code: Int, _ lines: String...) {
        self.init(code, lines: lines)
    }

    init(_ code: Int, lines: [String]) {
        self.code = code
        self.lines = lines
    }

    var wire: [UInt8] {
        var bytes: [UInt8] = []
        for (index, line) in lines.enumerated() {
            let mark = index + 1 < lines.count ? "-" : " "
            bytes += "\(code)\(mark)\(line)\r\n".utf8
        }
        return bytes
    }
}

extension CaptureReply {
    static let ok = CaptureReply(250, "2.0.0 Ok")
    static let goodbye = CaptureReply(221, "2.0.0 Bye")
    static let idle = CaptureReply(421, "4.4.2 Nothing was heard for too long; closing")
    static let full = CaptureReply(421, "4.3.2 Too many connections; try again later")
    static let notKept = CaptureReply(451, "4.3.0 The message could not be kept; try again later")
    static let badSequence = CaptureReply(503, "5.5.1 Bad sequence of commands")
    static let badArguments = CaptureReply(501, "5.5.4 Syntax error in the arguments")
    static let unknownParameter = CaptureReply(555, "5.5.4 Parameter not recognised")
    static let tooLarge = CaptureReply(552, "5.3.4 The message is larger than this relay takes")
}
