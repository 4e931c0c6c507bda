import Observability
import TestCertificates
import Testing

@testable import HTTP
@testable import Sockets

@Suite struct HTTPSTests {
    /// A transport with a certificate of `authority` for `console.test`.
    private func transport(_ authority: Authority) throws -> Transport {
        let identity = try authority.issue(names: ["DNS:console.test"])
        let context = try TLSContext.server(
            certificatePEM: identity.certificatePEM,
            keyPEM: Redacted(identity.keyPEM)
        )
        return .secured { try await TLSStream.server($0, context, until: $1) }
    }

    /// What the server answers to `request` over TLS, read to the end.
    private func answer(
        to request: String,
        from port: UInt16,
        trusting authority: Authority
    ) async throws -> [UInt8] {
        let group = try EventLoopGroup(count: 1)
        defer { group.stop() }
        let loop = group.loops[0]
        let trusted = try TLSContext.client(trustedPEM: authority.certificatePEM)
        return try await EventLoopGroup.run(on: loop) {
            let deadline = Deadline.after(.seconds(10))
            let address = SocketAddress(family: .ipv4, bytes: [127, 0, 0, 1], port: port)
            let socket = try await Socket.connect(to: address, on: loop, until: deadline)
            let stream = try await TLSStream.client(
                socket,
                trusted,
                name: .host("console.test"),
                verify: true,
                until: deadline
            )
            defer { stream.close() }
            try await stream.send(Array(request.utf8), until: deadline)
            var bytes: [UInt8] = []
            while try await stream.receive(into: &bytes, atMost: 65_536, until: deadline) > 0 {}
            return bytes
        }
    }

    @Test func `a request over TLS is answered and known to be secure`() async throws {
        let authority = try Authority()
        let handler: HTTPServer.Handler = { .text("\($0.isSecure) \($0.body.count)") }
        let transport = try transport(authority)
        try await LiveServer.run(transport: transport, handler: handler) { live in
            let request =
                "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello"
            let bytes = try await answer(to: request, from: live.port, trusting: authority)
            #expect(String(decoding: bytes, as: UTF8.self).hasSuffix("\r\n\r\ntrue 5"))
        }
    }

    @Test func `a large body arrives whole over TLS`() async throws {
        let authority = try Authority()
        let body = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 % 251) }
        let transport = try transport(authority)
        try await LiveServer.run(transport: transport, handler: { _ in Response(.ok, body: body) })
        { live in
            let bytes = try await answer(
                to: "GET / HTTP/1.0\r\n\r\n",
                from: live.port,
                trusting: authority
            )
            #expect(bytes.suffix(body.count).elementsEqual(body))
        }
    }

    @Test func `a refusal is seen over TLS`() async throws {
        let authority = try Authority()
        let transport = try transport(authority)
        try await LiveServer.run(transport: transport) { live in
            let bytes = try await answer(to: "GET /\r\n", from: live.port, trusting: authority)
            #expect(bytes.starts(with: "HTTP/1.1 400 ".utf8))
        }
    }

    @Test func `events come over TLS`() async throws {
        let authority = try Authority()
        let transport = try transport(authority)
        let handler: HTTPServer.Handler = { _ in .events { await $0.send(data: "x") } }
        try await LiveServer.run(transport: transport, handler: handler) { live in
            let bytes = try await answer(
                to: "GET / HTTP/1.0\r\n\r\n",
                from: live.port,
                trusting: authority
            )
            #expect(String(decoding: bytes, as: UTF8.self).hasSuffix("\r\n\r\ndata: x\n\n"))
        }
    }

    @Test func `plain HTTP on the TLS port is closed`() async throws {
        let transport = try transport(try Authority())
        try await LiveServer.run(transport: transport) { live in
            let client = try live.connect()
            try await client.send(getX)
            #expect(try await !client.readToEnd().contains("hello"))
        }
    }
}
