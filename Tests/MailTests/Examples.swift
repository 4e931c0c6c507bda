@testable import Mail

extension Message {
    /// A message with everything given that a test does not care about.
    static func example(
        fromName: String? = nil,
        from: String = "ada@example.com",
        to: [Mailbox]? = nil,
        subject: String = "Hello",
        text: String = "Hello\n",
        html: String? = "<p>Hello</p>\n"
    ) throws -> Message {
        Message(
            from: Mailbox(
                address: try Address(parsing: from),
                name: try fromName.map { name throws(MailError) in try DisplayName(parsing: name) }
            ),
            to: try to ?? [Mailbox(address: Address(parsing: "grace@example.org"))],
            subject: try HeaderText(parsing: subject),
            text: text,
            html: html,
            date: MessageDate(secondsSince1970: 1_795_255_200),
            messageID: try MessageID(token: "test-1", domain: "example.com")
        )
    }
}

extension [UInt8] {
    /// The lines of a message, checked to end in CRLF each and to hold no other CR or LF.
    func checkedLines() throws -> [String] {
        var lines: [String] = []
        var line: [UInt8] = []
        var index = 0
        while index < count {
            switch self[index] {
            case 13 where index + 1 < count && self[index + 1] == 10:
                lines.append(String(decoding: line, as: UTF8.self))
                line = []
                index += 2
            case 10, 13, 0:
                throw BadLine.control(at: index)
            default:
                line.append(self[index])
                index += 1
            }
        }
        guard line.isEmpty else { throw BadLine.unfinished }
        guard lines.allSatisfy({ $0.utf8.count <= 998 }) else { throw BadLine.tooLong }
        return lines
    }
}

enum BadLine: Error {
    case control(at: Int)
    case unfinished
    case tooLong
}
