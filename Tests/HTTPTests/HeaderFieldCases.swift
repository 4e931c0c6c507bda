@testable import HTTP

extension ParserCase {
    /// Header fields and Host.
    static let headerFields: [ParserCase] = [
        .accepted("no space after the colon", request("X:1"), ""),
        .accepted("space and tab around the value", request("X: \t 1 \t "), ""),
        .accepted("empty value", request("X:"), ""),
        .accepted("high bytes in a value", request("X: é"), ""),
        .accepted("every token character", request("!#$%&'*+-.^_`|~09azAZ: 1"), ""),
        .refused("space before the colon", request("X : 1"), .fieldName),
        .refused("tab before the colon", request("X\t: 1"), .fieldName),
        .refused("space in the name", request("X Y: 1"), .fieldName),
        .refused("no colon", request("X"), .fieldName),
        .refused("empty name", request(": 1"), .fieldName),
        .refused("control byte in the name", request("X\u{1}: 1"), .fieldName),
        .refused("high byte in the name", request("Xé: 1"), .fieldName),
        .refused("NUL in the name", request("X\0: 1"), .fieldName),
        .refused("NUL in the value", request("X: a\0b"), .controlByte),
        .refused("bare CR in the value", request("X: a\rb"), .controlByte),
        .refused("CR CR LF", request("X: a\r"), .controlByte),
        .refused("escape in the value", request("X: \u{1b}[0m"), .controlByte),
        .refused("DEL in the value", request("X: \u{7f}"), .controlByte),
        .refused("vertical tab in the value", request("X: \u{b}"), .controlByte),
        .refused("bare LF after a field", request("X: a\nY: b"), .lineEnding),
        .refused("bare LF ends the head", "GET / HTTP/1.1\r\nHost: a\r\n\n", .lineEnding),
        .refused("folded field", request("X: a", " b"), .foldedField),
        .refused("folded with a tab", request("X: a", "\tb"), .foldedField),
        .refused("first field folded", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", .foldedField),
        .refused("folded Content-Length", request("Content-Length: 5", " 6"), .foldedField),
        .refused("no Host", "GET / HTTP/1.1\r\n\r\n", .missingHost),
        .refused("two Hosts", request("Host: b.example"), .repeatedHost),
        .refused("the same Host twice", request("Host: a.example"), .repeatedHost),
        .refused("two Hosts in 1.0", "GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n", .repeatedHost),
        .refused("empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", .host),
        .refused("Host list", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", .host),
        .refused("Host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", .host),
        .refused("Host with a user", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", .host),
        .refused("Host with a bad port", "GET / HTTP/1.1\r\nHost: a:b\r\n\r\n", .host),
        .refused("Host with two ports", "GET / HTTP/1.1\r\nHost: a:1:2\r\n\r\n", .host),
        .refused("Host with an open bracket", "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", .host),
        .accepted("IPv6 Host", "GET / HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n", ""),
        .accepted("Host with an empty port", "GET / HTTP/1.1\r\nHost: a:\r\n\r\n", ""),
        .refused("absolute target and no Host", "GET http://a/ HTTP/1.1\r\n\r\n", .missingHost),
        .accepted("100 fields", request(filler(99)), ""),
        .refused("101 fields", request(filler(100)), .tooManyFields),
        .refused("10,000 fields", request(filler(10_000)), .tooManyFields),
        .refused("endless field", request("X: \(long(40_000))"), .headTooLarge),
        .refused(
            "endless field without an end",
            "GET / HTTP/1.1\r\nX: \(long(40_000))",
            .headTooLarge
        ),
        .refused("many long fields", request(filler(50, value: long(1000))), .headTooLarge),
        .accepted("expectation", request("Expect: 100-Continue"), ""),
        .refused("another expectation", request("Expect: 200-ok"), .expectation),
        .refused("compressed", request("Content-Encoding: gzip"), .contentEncoding),
        .accepted("identity", request("Content-Encoding: identity"), ""),
        .incomplete("half a head", "GET / HTTP/1.1\r\nHost: a\r\n"),
        .incomplete("half a line end", "GET / HTTP/1.1\r\nHost: a\r\n\r"),
    ]

    private static func filler(_ count: Int, value: String = "1") -> String {
        (0..<count).map { "X\($0): \(value)" }.joined(separator: "\r\n")
    }

    private static func long(_ count: Int) -> String { String(repeating: "a", count: count) }
}
