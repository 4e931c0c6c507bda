import Testing

@testable import HTTP

/// One input for the parser and what must come of it.
struct ParserCase: CustomTestStringConvertible, Sendable {
    /// What the parser makes of a whole input.
    enum Outcome: Equatable, Sendable {
        /// The bodies of the complete requests, and whether bytes of another one are left.
        case requests([String], isIncomplete: Bool)
        case refused(HTTPError.Kind)
    }

    let name: String
    let input: [UInt8]
    let outcome: Outcome

    var testDescription: String { name }

    static func refused(_ name: String, _ input: String, _ kind: HTTPError.Kind) -> ParserCase {
        ParserCase(name: name, input: Array(input.utf8), outcome: .refused(kind))
    }

    static func accepted(_ name: String, _ input: String, _ bodies: String...) -> ParserCase {
        ParserCase(
            name: name,
            input: Array(input.utf8),
            outcome: .requests(bodies, isIncomplete: false)
        )
    }

    static func incomplete(_ name: String, _ input: String, _ bodies: String...) -> ParserCase {
        ParserCase(
            name: name,
            input: Array(input.utf8),
            outcome: .requests(bodies, isIncomplete: true)
        )
    }

    /// Feeds `input` in pieces of `size` bytes to a parser with a body limit of 1000 bytes.
    static func parse(_ input: [UInt8], piece size: Int) -> Outcome {
        var parser = RequestParser()
        var bodies: [String] = []
        var fed = 0
        while true {
            switch parser.advance() {
            case .head: parser.bodyLimit = 1000
            case .complete:
                bodies.append(String(decoding: parser.takeBody(), as: UTF8.self))
                parser.next()
            case .failed(let error): return .refused(error.kind)
            case .needMore:
                guard fed < input.count else {
                    return .requests(bodies, isIncomplete: !parser.isIdle)
                }
                let end = min(input.count, fed + size)
                parser.buffer.append(contentsOf: input[fed..<end])
                fed = end
            }
        }
    }
}

/// A request with the header lines of `fields` and what follows.
func request(_ fields: String..., method: String = "POST", body: String = "") -> String {
    let lines = fields.map { $0 + "\r\n" }.joined()
    return "\(method) /x HTTP/1.1\r\nHost: a.example\r\n\(lines)\r\n\(body)"
}

/// A chunked POST.
func chunked(_ body: String) -> String {
    request("Transfer-Encoding: chunked", body: body)
}

/// A request line with a valid Host after it.
func line(_ text: String) -> String {
    "\(text)\r\nHost: a.example\r\n\r\n"
}
