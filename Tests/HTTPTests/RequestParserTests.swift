import Testing

@testable import HTTP

private let allCases = ParserCase.requestLines + ParserCase.headerFields + ParserCase.framing

@Suite struct RequestParserTests {
    @Test(arguments: allCases)
    func `every case comes out as written`(parserCase: ParserCase) {
        let outcome = ParserCase.parse(parserCase.input, piece: .max)
        #expect(outcome == parserCase.outcome)
    }

    @Test(arguments: allCases)
    func `the same comes out byte by byte and in pieces`(parserCase: ParserCase) {
        for size in [1, 2, 3, 7, 64, 1000] {
            let outcome = ParserCase.parse(parserCase.input, piece: size)
            #expect(outcome == parserCase.outcome, "in pieces of \(size)")
        }
    }

    @Test func `there are at least 120 cases of framing and smuggling`() {
        #expect(allCases.count >= 180)
        #expect(Set(allCases.map { "\($0.name) \($0.input.hashValue)" }).count == allCases.count)
    }

    @Test(arguments: [
        "Content-Length: 8\r\n\r\nname=Ann",
        "Transfer-Encoding: chunked\r\n\r\n8\r\nname=Ann\r\n0\r\n\r\n",
    ])
    func `the room of a body is given back before the next request`(rest: String) {
        var parser = RequestParser()
        let request = Array("POST / HTTP/1.1\r\nHost: a\r\n\(rest)".utf8)
        for next in ["", "GET / HTTP/1.1\r\n"] {
            parser.buffer += request + next.utf8
            parser.bodyLimit = 100
            while parser.advance() == .head {}
            #expect(parser.takeBody() == Array("name=Ann".utf8))
            parser.next()
            #expect(parser.buffer == Array(next.utf8))
            #expect(parser.buffer.capacity < 32)
        }
        parser.buffer += Array("Host: a\r\n\r\n".utf8)
        #expect(parser.advance() == .complete)
    }

    @Test func `a body that comes byte by byte leaves no growing buffer`() {
        var parser = RequestParser()
        parser.buffer = Array(chunked("").utf8)
        let head = parser.buffer.count
        parser.bodyLimit = 1 << 20
        while parser.advance() == .head {}
        for _ in 0..<50_000 {
            parser.buffer.append(contentsOf: "1\r\nx\r\n1".utf8)
            #expect(parser.advance() == .needMore)
            parser.buffer.append(contentsOf: "\r\nx\r\n".utf8)
            #expect(parser.advance() == .needMore)
        }
        #expect(parser.body.count == 100_000)
        #expect(parser.buffer.capacity < head + 300_000)
    }

    @Test func `a client that waits is told to go on only before its body has come`() {
        var parser = RequestParser()
        parser.buffer = Array(request("Content-Length: 2", "Expect: 100-continue").utf8)
        #expect(parser.advance() == .head)
        #expect(parser.expectsContinue)
        parser.buffer.append(contentsOf: "hi".utf8)
        #expect(!parser.expectsContinue)
    }

    @Test(arguments: HeaderField.allCases.filter { $0 != .other })
    func `a known field is recognised in any case`(field: HeaderField) {
        let name = "\(field.lowercaseName)"
        #expect(HeaderField.named(Array(name.utf8).span) == field)
        #expect(HeaderField.named(Array(name.uppercased().utf8).span) == field)
        #expect(HeaderField.named(Array("x\(name.dropFirst(2))y".utf8).span) == .other)
    }

    @Test func `every refusal has a status and words of its own`() {
        let sentences = HTTPError.Kind.allCases.map { HTTPError($0).userText }
        #expect(!sentences.contains("The request is malformed."))
        #expect(Set(sentences).count == sentences.count)
        #expect(HTTPError.Kind.allCases.allSatisfy { HTTPError($0).status.code >= 400 })
    }
}
