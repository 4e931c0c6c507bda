import Mail
import Observability

@testable import SMTP

/// One input of the fuzzer: what a relay may send, and rules that hold whatever it sends.
///
/// The first byte chooses: even for the reply parser, odd for the dialogue. The fuzzer
/// (`deploy/fuzz`) and a test that replays its corpus share this.
enum FuzzedInput {
    struct BrokenRule: Error {
        let rule: String
    }

    static func check(_ holds: Bool, _ rule: @autoclosure () -> String) throws {
        if !holds { throw BrokenRule(rule: rule()) }
    }

    static func run(_ input: [UInt8]) throws {
        var bytes = input[...]
        guard let choice = bytes.popFirst() else { return }
        if choice % 2 == 0 {
            try parse(bytes)
        } else {
            var talk = try FuzzedDialogue(&bytes)
            try talk.run(bytes)
        }
    }

    // MARK: - The reply parser

    /// Bytes in pieces, one by one and all at once make the same replies.
    private static func parse(_ input: ArraySlice<UInt8>) throws {
        var bytes = input
        let pieces = Int(bytes.popFirst() ?? 0) % 32 + 1
        let stream = Array(bytes)
        let inPieces = try replies(stream, by: pieces)
        try check(inPieces == replies(stream, by: 1), "pieces make other replies than bytes")
        try check(inPieces == replies(stream, by: 16_384), "the whole makes other replies")
    }

    private struct Parsed: Equatable {
        var replies: [Reply] = []
        var isBroken = false
    }

    private static func replies(_ stream: [UInt8], by size: Int) throws -> Parsed {
        var parser = ReplyParser()
        var parsed = Parsed()
        var start = 0
        do {
            while start < stream.count {
                let end = min(start + size, stream.count)
                parser.feed(stream[start..<end])
                start = end
                while let reply = try parser.next() {
                    try judge(reply)
                    parsed.replies.append(reply)
                }
            }
        } catch is ReplyParser.Violation {
            parsed.isBroken = true
        }
        return parsed
    }

    static func judge(_ reply: Reply) throws {
        try check((200...599).contains(reply.code), "a reply of \(reply.code)")
        try check((1...ReplyParser.mostLines).contains(reply.lines.count), "many lines")
        let size = reply.lines.reduce(0) { $0 + $1.count + 6 }
        try check(size <= ReplyParser.mostBytes + 6 * reply.lines.count, "a large reply")
        let quote = reply.verdictReply.text
        try check(quote.utf8.count <= 3 * Reply.longestQuote + 4, "a long quote")
        for text in reply.transcript + [quote, QueueID.find(in: reply) ?? ""] {
            try check(text.unicodeScalars.allSatisfy(isHarmless), "a control reaches the page")
        }
        // Must not trap.
        _ = (Capabilities(reply), Advice.refusal(reply, at: .recipient))
    }

    private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
        let isControl = scalar.properties.generalCategory == .control && scalar != "\t"
        return !isControl && !scalar.properties.isBidiControl
    }
}
