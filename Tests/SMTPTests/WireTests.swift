import Observability
import Testing

@testable import SMTP
@testable import Sockets

@Suite struct WireTests {
    @Test(arguments: [
        ("a\r\nb\r\n", "a\r\nb\r\n"),
        ("a\nb", "a\r\nb\r\n"),
        ("a\rb\r\r\n", "a\r\nb\r\n\r\n"),
        (".\r\n..\r\nx.\r\n", "..\r\n...\r\nx.\r\n"),
        ("a\r\n.\r\nMAIL FROM:<>\r\n", "a\r\n..\r\nMAIL FROM:<>\r\n"),
        ("a\n.\nb", "a\r\n..\r\nb\r\n"),
        ("a\r.\rb", "a\r\n..\r\nb\r\n"),
        ("", "\r\n"),
    ])
    func `no line of a message can end it`(message: String, wire: String) {
        #expect(MessageData.encode(Array(message.utf8)) == Array(wire.utf8))
    }

    @Test func `a header outside ASCII is told from a body outside ASCII`() {
        #expect(MessageData.hasEightBitHeader(Array("To: jö@x\r\n\r\nbody".utf8)))
        #expect(!MessageData.hasEightBitHeader(Array("To: jo@x\r\n\r\nbödy".utf8)))
    }

    @Test func `the transcript of a command holds no secret`() {
        let secret = Redacted(Array("AGEAYg==".utf8))
        let auth = Command.auth(mechanism: "PLAIN", initialResponse: secret)
        #expect(auth.transcript == "AUTH PLAIN [redacted]")
        #expect(auth.wire == Array("AUTH PLAIN AGEAYg==\r\n".utf8))
        #expect(Command.response(secret).transcript == "[redacted]")
        #expect(Command.response(secret).wire == Array("AGEAYg==\r\n".utf8))
    }

    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
        ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
    ])
    func `base64 goes both ways`(text: String, encoded: String) {
        #expect(Base64.encode(Array(text.utf8)) == Array(encoded.utf8))
        #expect(Base64.decode(Array(encoded.utf8)) == Array(text.utf8))
    }

    @Test func `what is not base64 is none`() {
        #expect(Base64.decode(Array("Zg=".utf8)) == nil)
        #expect(Base64.decode(Array("Z*==".utf8)) == nil)
    }

    @Test(arguments: [
        ("mail.example.com", Host.Kind.name, "mail.example.com"),
        ("192.0.2.1", .ipv4, "192.0.2.1"),
        ("[2001:db8::1]", .ipv6, "2001:db8::1"),
        ("relay_1.internal", .name, "relay_1.internal"),
        ("bücher.example", .name, "xn--bcher-kva.example"),
    ])
    func `a host is a name or an address`(text: String, kind: Host.Kind, bare: String) throws {
        let host = try #require(Host(text))
        #expect(host.kind == kind)
        #expect(host.bare == bare)
        #expect(host.text == text)
    }

    @Test(arguments: [
        ("[192.0.2.1]", "192.0.2.1"), ("[IPv6:2001:DB8::1]", "[2001:db8::1]"),
        ("[ipv6:::1]", "[::1]"), ("[::ffff:192.0.2.1]", "[::ffff:192.0.2.1]"),
    ])
    func `an address literal of SMTP is the address in it`(text: String, usual: String) throws {
        let host = try #require(Host(text))
        #expect(host == Host(usual))
        #expect(host.text == usual)
    }

    @Test(arguments: [
        "", " ", "a b", "a\r\nb", "2001:db8::1", "[fe80::1%eth0]", "[IPv6:192.0.2.1]", "[]",
        "-a.example", "a..b", "1.2.3",
        "mail.example.com:25", "user@example.com", "a\u{0}b",
    ])
    func `anything else is no host`(text: String) {
        #expect(Host(text) == nil)
    }

    @Test func `we never call ourselves localhost`() throws {
        #expect(HeloName("localhost") == nil)
        #expect(HeloName("a\r\nMAIL") == nil)
        let own = try #require(SocketAddress(numeric: "2001:db8::1", port: 1))
        #expect(HeloName.literal(own).text == "[IPv6:2001:db8::1]")
    }

    @Test func `a relay that repeats the password does not make it public`() {
        let scrubber = SecretScrubber(username: secret("user"), password: secret("s3cret"))
        for text in ["no s3cret here", "AHVzZXIAczNjcmV0", "czNjcmV0", "dXNlcg=="] {
            let shown = String(decoding: scrubber.scrub(Array(text.utf8)), as: UTF8.self)
            #expect(shown.contains("[redacted]"))
            #expect(!shown.contains("s3cret"))
        }
        #expect(scrubber.scrub(Array("250 fine".utf8)) == Array("250 fine".utf8))
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (951_782_399_000, "2000-02-28T23:59:59Z"),
            (951_782_400_000, "2000-02-29T00:00:00Z"), (1_795_255_200_000, "2026-11-21T10:00:00Z"),
            (-1000, "1969-12-31T23:59:59Z"), (4_107_542_400_000, "2100-03-01T00:00:00Z"),
        ] as [(Int64, String)]
    )
    func `a time is written and read`(milliseconds: Int64, text: String) {
        #expect(TraceTime(unixMilliseconds: milliseconds).text == text)
        #expect(TraceTime(text: text)?.unixMilliseconds == milliseconds)
    }

    @Test func `JSON reads what it writes and refuses the rest`() throws {
        let json = JSON.object([
            .init("b", .string("\"\\\n\u{1}<é😀")), .init("a", .array([.null, .bool(true)])),
            .init("n", .number(-7)),
        ])
        #expect(try JSONParser.parse(json.bytes) == json)
        #expect(try JSONParser.parse(Array(#""\ud83d\ude00""#.utf8)) == .string("😀"))
        for text in ["", "{", "[1,]", "1.5", "\"\\ud83d\"", "{\"a\":1} x", "tru"] {
            #expect(throws: JSONError.self) { try JSONParser.parse(Array(text.utf8)) }
        }
        let deep = String(repeating: "[", count: 100)
        #expect(throws: JSONError.self) { try JSONParser.parse(Array(deep.utf8)) }
    }
}
