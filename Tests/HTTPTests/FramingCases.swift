@testable import HTTP

extension ParserCase {
    /// Content-Length, Transfer-Encoding, chunks and what follows a request.
    static let framing: [ParserCase] = lengths + codings + chunks + sequences

    private static let lengths: [ParserCase] = [
        .accepted("length", request("Content-Length: 5", body: "hello"), "hello"),
        .accepted("length 0", request("Content-Length: 0"), ""),
        .accepted("length with zeros", request("Content-Length: 0005", body: "hello"), "hello"),
        .accepted("length of a GET", request("Content-Length: 2", method: "GET", body: "hi"), "hi"),
        .refused("+5", request("Content-Length: +5", body: "hello"), .contentLength),
        .refused("-5", request("Content-Length: -5", body: "hello"), .contentLength),
        .refused("-0", request("Content-Length: -0"), .contentLength),
        .refused("0x5", request("Content-Length: 0x5", body: "hello"), .contentLength),
        .refused("5.0", request("Content-Length: 5.0", body: "hello"), .contentLength),
        .refused("5e0", request("Content-Length: 5e0", body: "hello"), .contentLength),
        .refused("1_000", request("Content-Length: 1_000"), .contentLength),
        .refused("letters", request("Content-Length: five", body: "hello"), .contentLength),
        .refused("inner space", request("Content-Length: 1 5", body: "hello"), .contentLength),
        .refused("empty length", request("Content-Length:", body: "hello"), .contentLength),
        .refused("list", request("Content-Length: 5, 5", body: "hello"), .contentLength),
        .refused("differing list", request("Content-Length: 5, 6"), .contentLength),
        .refused("arabic digits", request("Content-Length: ٥"), .contentLength),
        .refused("quoted", request("Content-Length: \"5\""), .contentLength),
        .refused("vertical tab", request("Content-Length: \u{b}5"), .controlByte),
        .refused("differing twice", request(length(5), length(6)), .repeatedContentLength),
        .refused("equal twice", request(length(5), length(5)), .repeatedContentLength),
        .refused("zero twice", request(length(0), length(0)), .repeatedContentLength),
        .refused("space in name", request("Content-Length : 5", body: "hello"), .fieldName),
        .accepted("underscore is another field", request("Content_Length: 5"), ""),
        .refused("over the limit", request(length(1001)), .bodyTooLarge),
        .refused("beyond 64 bits", request("Content-Length: 18446744073709551621"), .bodyTooLarge),
        .refused("200 MB", request(length(200_000_000)), .bodyTooLarge),
        .incomplete("half a body", request(length(5), body: "hel")),
    ]

    private static let codings: [ParserCase] = [
        .accepted(
            "chunked in capitals",
            request("transfer-encoding: CHUNKED", body: "0\r\n\r\n"),
            ""
        ),
        .refused("length then coding", request(length(5), coding("chunked")), .lengthAndCoding),
        .refused("coding then length", request(coding("chunked"), length(5)), .lengthAndCoding),
        .refused("coding and length 0", request(coding("chunked"), length(0)), .lengthAndCoding),
        .refused("gzip, chunked", request(coding("gzip, chunked")), .transferCoding),
        .refused("gzip", request(coding("gzip")), .transferCoding),
        .refused("identity", request(coding("identity")), .transferCoding),
        .refused("xchunked", request(coding("xchunked")), .transferCoding),
        .refused("chunked, gzip", request(coding("chunked, gzip")), .transferEncoding),
        .refused("chunked, chunked", request(coding("chunked, chunked")), .transferEncoding),
        .refused("chunked, identity", request(coding("chunked, identity")), .transferEncoding),
        .refused("chunked twice", request(coding("chunked"), coding("chunked")), .transferEncoding),
        .refused("two codings", request(coding("chunked"), coding("x")), .transferEncoding),
        .refused(
            "two codings, last chunked",
            request(coding("x"), coding("chunked")),
            .transferCoding
        ),
        .refused("empty coding", request(coding("")), .transferEncoding),
        .refused("comma before", request(coding(",chunked")), .transferEncoding),
        .refused("comma after", request(coding("chunked,")), .transferEncoding),
        .refused("parameter", request(coding("chunked;q=1")), .transferEncoding),
        .refused("quoted coding", request(coding("\"chunked\"")), .transferEncoding),
        .refused("control byte", request(coding("\u{b}chunked")), .controlByte),
        .refused("NUL", request(coding("chunked\0")), .controlByte),
        .refused("space before colon", request("Transfer-Encoding : chunked"), .fieldName),
        .refused("folded", request(coding("chunked"), " , x"), .foldedField),
        .refused(
            "coding in 1.0",
            "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            .codingInOldVersion
        ),
        .accepted("TE is another field", request("TE: trailers"), ""),
        .accepted("underscore", request("Transfer_Encoding: chunked"), ""),
    ]

    private static let chunks: [ParserCase] = [
        .accepted("one chunk", chunked("5\r\nhello\r\n0\r\n\r\n"), "hello"),
        .accepted("two chunks", chunked("2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n"), "hello"),
        .accepted("hexadecimal size", chunked("A\r\n0123456789\r\n0\r\n\r\n"), "0123456789"),
        .accepted("lower-case size", chunked("a\r\n0123456789\r\n0\r\n\r\n"), "0123456789"),
        .accepted("size with zeros", chunked("0005\r\nhello\r\n000\r\n\r\n"), "hello"),
        .accepted("extension", chunked("5;a=b;c=\"d;\\\"e\";f\r\nhello\r\n0\r\n\r\n"), "hello"),
        .accepted("trailer", chunked("0\r\nX: 1\r\nY: 2\r\n\r\n"), ""),
        .refused("no size", chunked("\r\nhello\r\n0\r\n\r\n"), .chunkSize),
        .refused("negative size", chunked("-5\r\nhello\r\n"), .chunkSize),
        .refused("plus size", chunked("+5\r\nhello\r\n"), .chunkSize),
        .refused("0x size", chunked("0x5\r\nhello\r\n"), .chunkSize),
        .refused("space before the size", chunked(" 5\r\nhello\r\n"), .chunkSize),
        .refused("space after the size", chunked("5 \r\nhello\r\n"), .chunkSize),
        .refused("tab after the size", chunked("5\t\r\nhello\r\n"), .chunkSize),
        .refused("letters", chunked("g\r\nhello\r\n"), .chunkSize),
        .refused("size beyond 60 bits", chunked("10000000000000005\r\nhello\r\n"), .chunkSize),
        .refused("many zeros", chunked("0000000000000000\r\n\r\n"), .chunkSize),
        .refused("bare LF after the size", chunked("5\nhello\r\n0\r\n\r\n"), .lineEnding),
        .refused("bare CR after the size", chunked("5\rhello\r\n0\r\n\r\n"), .chunkSize),
        .refused("bare LF after the data", chunked("5\r\nhello\n0\r\n\r\n"), .chunkEnd),
        .refused("longer than its size", chunked("4\r\nhello\r\n0\r\n\r\n"), .chunkEnd),
        .refused("shorter than its size", chunked("6\r\nhello\r\n0\r\n\r\n"), .chunkEnd),
        .refused("CR without LF after the data", chunked("5\r\nhello\rX"), .chunkEnd),
        .refused("extension without a name", chunked("5;\r\nhello\r\n"), .chunkExtension),
        .refused("extension with a space", chunked("5; a\r\nhello\r\n"), .chunkExtension),
        .refused("extension not closed", chunked("5;a=\"b\r\nhello\r\n"), .chunkExtension),
        .refused("bare CR in an extension", chunked("5;a\rb\r\nhello\r\n"), .chunkExtension),
        .refused("NUL in an extension", chunked("5;a=\"\0\"\r\n"), .chunkExtension),
        .refused("long extension", chunked("5;\(long(2000))\r\nhello\r\n"), .chunkExtension),
        .refused(
            "many extensions",
            chunked(String(repeating: "1;a\r\nx\r\n", count: 600)),
            .chunkExtension
        ),
        .refused("over the limit", chunked("3e9\r\n"), .bodyTooLarge),
        .refused("over the limit in sum", chunked("3e8\r\n\(long(1000))\r\n1\r\n"), .bodyTooLarge),
        .refused("malformed trailer", chunked("0\r\nX : 1\r\n\r\n"), .trailer),
        .refused("folded trailer", chunked("0\r\nX: 1\r\n 2\r\n\r\n"), .trailer),
        .refused("bare LF ends the trailer", chunked("0\r\n\n"), .lineEnding),
        .refused("endless trailer", chunked("0\r\nX: \(long(9000))\r\n\r\n"), .trailer),
        .refused("many trailers", chunked("0\r\n" + trailers), .trailer),
        .incomplete("chunk cut in its size", chunked("5")),
        .incomplete("chunk cut in its data", chunked("5\r\nhel")),
        .incomplete("no end of the trailer", chunked("0\r\n")),
    ]

    private static let sequences: [ParserCase] = [
        .accepted("two GETs", line("GET /1 HTTP/1.1") + line("GET /2 HTTP/1.1"), "", ""),
        .accepted(
            "POST then GET",
            request(length(2), body: "hi") + line("GET / HTTP/1.1"),
            "hi",
            ""
        ),
        .accepted(
            "chunked then GET",
            chunked("2\r\nhi\r\n0\r\n\r\n") + line("GET / HTTP/1.1"),
            "hi",
            ""
        ),
        .refused("smuggled by a short length", request(length(1), body: "hi!\r\n"), .requestLine),
        .accepted("a body that is a request", request(length(16), body: line16), line16),
        .accepted(
            "trailer fields do not frame",
            chunked("0\r\nContent-Length: 50\r\n\r\n") + line("GET / HTTP/1.1"),
            "",
            ""
        ),
        .accepted(
            "500 pipelined",
            String(repeating: line("GET / HTTP/1.1"), count: 500),
            many: 500
        ),
    ]

    private static func accepted(_ name: String, _ input: String, many count: Int) -> ParserCase {
        let bodies = [String](repeating: "", count: count)
        let outcome = Outcome.requests(bodies, isIncomplete: false)
        return ParserCase(name: name, input: Array(input.utf8), outcome: outcome)
    }

    private static func length(_ number: Int) -> String { "Content-Length: \(number)" }
    private static func coding(_ value: String) -> String { "Transfer-Encoding: \(value)" }
    private static func long(_ count: Int) -> String { String(repeating: "a", count: count) }
    private static let line16 = "GET / HTTP/1.1\r\n"
    private static let trailers = String(repeating: "X: \(long(80))\r\n", count: 120)
}
