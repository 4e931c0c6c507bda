import Testing

@testable import HTTP
@testable import Sockets

@Suite struct RequestTests {
    @Test func `a target is taken apart`() throws {
        let request = try Request(.get, "/t/caf%C3%A9/search?q=from+address&x=%41")
        #expect(request.path == ["t", "café", "search"])
        #expect(request.rawPath == "/t/caf%C3%A9/search")
        #expect(request.rawQuery == "q=from+address&x=%41")
        #expect(request.query("q") == "from address")
        #expect(request.query("x") == "A")
        #expect(request.query("y") == nil)
        #expect(try Request(.get, "/?q=%zz").query("q") == nil)
    }

    @Test func `header fields are found in any case`() throws {
        let request = try Request(
            .get,
            "/",
            headers: ["uSER-aGENT": " lynx ", "X-Own": "1", "x-own": "2"]
        )
        #expect(request.header(.userAgent) == "lynx")
        #expect(request.header(named: "x-OWN") == "1")
        #expect(request.header(named: "x-other") == nil)
        #expect(request.header(.accept) == nil)
    }

    @Test(arguments: [
        ("a=1; session=abc; b=2", "abc"), ("session=abc", "abc"), ("a=1;session=abc", "abc"),
        ("session=", ""), ("session=a=b", "a=b"), ("session=first; session=second", "first"),
    ])
    func `a cookie is found`(field: String, value: String) throws {
        #expect(try Request(.get, "/", headers: ["Cookie": field]).cookie("session") == value)
    }

    @Test(arguments: [
        "", "xsession=1", "session", "Session=1", "a=session=1", "a=\"; xsession=1\"",
    ])
    func `another cookie is not taken for it`(field: String) throws {
        #expect(try Request(.get, "/", headers: ["Cookie": field]).cookie("session") == nil)
    }

    @Test func `an absolute target replaces the Host`() throws {
        let bytes = Array("GET http://b.example:81/p HTTP/1.1\r\nHost: a.example\r\n\r\n".utf8)
        let request = try Request(parsing: bytes)
        #expect(request.host == "b.example:81")
        #expect(request.path == ["p"])
        #expect(try Request(.get, "/").host == "localhost")
    }

    @Test func `a request that is not whole is refused`() {
        let bytes = Array("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel".utf8)
        #expect(throws: HTTPError(.requestLine)) { try Request(parsing: bytes) }
    }
}

@Suite struct TrustedProxyTests {
    /// A request with forwarding fields that came from `peer`, seen by a server that trusts 10/8.
    private func request(
        from peer: String,
        _ headers: KeyValuePairs<String, String>
    ) throws -> Request {
        let trusted = try #require(AddressRange("10.0.0.0/8"))
        let facts = ConnectionFacts(
            peer: try #require(SocketAddress(numeric: peer, port: 4000)),
            trustedProxies: TrustedProxies([trusted])
        )
        return try Request(.get, "/", headers: headers, connection: facts)
    }

    @Test(arguments: [
        ("10.0.0.1", "192.0.2.7", "192.0.2.7"),
        ("10.0.0.1", "198.51.100.1, 192.0.2.7", "192.0.2.7"),
        ("10.0.0.1", "192.0.2.7, 10.0.0.2", "192.0.2.7"),
        ("10.0.0.1", "192.0.2.7:5000", "192.0.2.7"),
        ("10.0.0.1", "[2001:db8::1]:5000", "2001:db8::1"),
        ("10.0.0.1", "2001:db8::1", "2001:db8::1"),
        ("10.0.0.1", "192.0.2.7, nonsense", "10.0.0.1"),
        ("10.0.0.1", "10.0.0.3", "10.0.0.3"),
        ("192.0.2.99", "192.0.2.7", "192.0.2.99"),
        ("::ffff:10.0.0.1", "192.0.2.7", "192.0.2.7"),
    ])
    func `the client is the last one a trusted proxy names`(
        peer: String,
        field: String,
        client: String
    ) throws {
        let request = try request(from: peer, ["X-Forwarded-For": field])
        #expect(request.remoteAddress.host == client)
    }

    @Test func `scheme and host count only from a trusted proxy`() throws {
        let fields: KeyValuePairs = ["X-Forwarded-Proto": "HTTPS", "X-Forwarded-Host": "a.example"]
        let trusted = try request(from: "10.0.0.1", fields)
        #expect(trusted.isSecure)
        #expect(trusted.host == "a.example")
        let stranger = try request(from: "192.0.2.1", fields)
        #expect(!stranger.isSecure)
        #expect(stranger.host == "localhost")
    }

    @Test func `a malformed forwarded host is ignored`() throws {
        let request = try request(from: "10.0.0.1", ["X-Forwarded-Host": "a/b"])
        #expect(request.host == "localhost")
    }

    @Test(arguments: [
        "10.0.0.0/33", "10.0.0.1/8", "10.0.0.0/", "x/8", "10.0.0.0/8/8", "", "::/129",
    ])
    func `a malformed block is no block`(text: String) {
        #expect(AddressRange(text) == nil)
    }

    @Test func `a block has its addresses and no others`() throws {
        let block = try #require(AddressRange("192.0.2.128/25"))
        let inside = try #require(SocketAddress(numeric: "192.0.2.200", port: 0))
        let outside = try #require(SocketAddress(numeric: "192.0.2.127", port: 0))
        #expect(block.contains(inside))
        #expect(!block.contains(outside))
        #expect(try #require(AddressRange("0.0.0.0/0")).contains(outside))
        let six = try #require(SocketAddress(numeric: "fd00::1", port: 0))
        #expect(try #require(AddressRange("fd00::/8")).contains(six))
        #expect(try !#require(AddressRange("0.0.0.0/0")).contains(six))
    }
}
