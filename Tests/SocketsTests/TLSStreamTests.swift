import Glibc
import Observability
import TestCertificates
import Testing

@testable import Sockets

@Suite struct TLSStreamTests {
    /// Runs one handshake over loopback; the server echoes one receive.
    private func handshake(
        identity: Authority.Identity,
        trusted: [UInt8] = [],
        name: TLSPeerName = .host("relay.test"),
        verify: Bool = true
    ) async throws -> (Result<TLSReport, TLSError>, echoed: [UInt8]) {
        let group = try EventLoopGroup(count: 1)
        defer { group.stop() }
        let loop = group.loops[0]
        return try await EventLoopGroup.run(on: loop) {
            let listener = try Listener(on: loopback(), loop: loop)
            defer { listener.close() }
            let context = try TLSContext.server(
                certificatePEM: identity.certificatePEM,
                keyPEM: Redacted(identity.keyPEM)
            )
            let server = Task(executorPreference: loop) { () async throws -> [UInt8] in
                let (socket, _) = try await listener.accept()
                let stream = try await TLSStream.server(socket, context, until: soon())
                var buffer: [UInt8] = []
                _ = try await stream.receive(into: &buffer, atMost: 100, until: soon())
                if !buffer.isEmpty { try await stream.send(buffer, until: soon()) }
                stream.close()
                return buffer
            }
            let socket = try await Socket.connect(to: listener.address, on: loop, until: soon())
            do throws(TLSError) {
                let stream = try await TLSStream.client(
                    socket,
                    try TLSContext.client(trustedPEM: trusted),
                    name: name,
                    verify: verify,
                    until: soon()
                )
                var echoed: [UInt8] = []
                try? await stream.send(Array("hello".utf8), until: soon())  // checked by the echo
                _ = try? await stream.receive(into: &echoed, atMost: 100, until: soon())
                stream.close()
                _ = await result(of: server)
                return (.success(stream.report), echoed)
            } catch {
                return (.failure(error), await result(of: server))
            }
        }
    }

    /// The client begins after the server has looked and before it takes its first step: that step
    /// reads the hello, and what waits at the next look is no handshake record any more.
    @Test func `a hello that comes between the look and the step is no plain text`() async throws {
        let group = try EventLoopGroup(count: 2)
        defer { group.stop() }
        let (loop, other) = (group.loops[0], group.loops[1])
        let identity = try Authority().issue(names: ["DNS:relay.test"])
        let context = try TLSContext.server(
            certificatePEM: identity.certificatePEM,
            keyPEM: Redacted(identity.keyPEM)
        )
        try await EventLoopGroup.run(on: loop) {
            let listener = try Listener(on: loopback(), loop: loop)
            defer { listener.close() }
            let (begins, begin) = AsyncStream.makeStream(of: Void.self)
            let client = Task(executorPreference: other) {
                let socket = try await Socket.connect(
                    to: listener.address,
                    on: other,
                    until: soon()
                )
                for await _ in begins {}
                let stream = try await TLSStream.client(
                    socket,
                    try TLSContext.client(),
                    name: .host("relay.test"),
                    verify: false,
                    until: soon()
                )
                try await stream.send(Array("hello".utf8), until: soon())
                return stream
            }
            let (socket, _) = try await listener.accept()
            let server = try await TLSStream.server(socket, context, until: soon()) {
                begin.finish()
                var waited = pollfd(fd: socket.descriptor, events: Int16(POLLIN), revents: 0)
                #expect(poll(&waited, 1, 60_000) == 1)
            }
            var heard: [UInt8] = []
            while heard.count < 5 {
                guard try await server.receive(into: &heard, atMost: 100, until: soon()) > 0
                else { break }
            }
            #expect(heard == Array("hello".utf8))
            server.close()
            _ = try await client.value
        }
    }

    private func result(of task: Task<[UInt8], any Error>) async -> [UInt8] {
        switch await task.result {
        case .success(let bytes): bytes
        case .failure: []
        }
    }

    @Test func `a certificate of a trusted authority passes and bytes go through`() async throws {
        let authority = try Authority()
        let (result, echoed) = try await handshake(
            identity: authority.issue(names: ["DNS:relay.test"]),
            trusted: authority.certificatePEM
        )
        let report = try result.get()
        #expect(report.verification == .passed)
        #expect(report.protocolName == "TLSv1.3")
        #expect(report.chain.first?.names == ["relay.test"])
        #expect(report.chain.first?.issuer == "CN=Test Authority")
        #expect(report.chain.first?.fingerprint.utf8.count == 64)
        #expect(echoed == Array("hello".utf8))
    }

    @Test(arguments: [
        (["DNS:other.test"], -60...86_400, TLSRefusal.Reason.hostName),
        (["DNS:relay.test"], -86_400...(-60), .expired),
        (["DNS:relay.test"], 3600...86_400, .notYetValid),
    ])
    func `a refused certificate is reported with its chain and nothing is sent`(
        names: [String],
        validity: ClosedRange<Int>,
        reason: TLSRefusal.Reason
    ) async throws {
        let authority = try Authority()
        let (result, received) = try await handshake(
            identity: authority.issue(names: names, validity: validity),
            trusted: authority.certificatePEM
        )
        let error = try #require(throws: TLSError.self) { try result.get() }
        guard case .certificate(let refusal) = error.kind else {
            Issue.record("\(error.kind)")
            return
        }
        #expect(refusal.reason == reason)
        #expect(error.report?.chain.first?.subject == "CN=relay")
        #expect(error.report?.verification == .failed(refusal))
        #expect(received.isEmpty)
    }

    @Test func `an unknown authority is untrusted and its own issuer self-signed`() async throws {
        let stranger = try Authority(name: "Stranger")
        let (untrusted, _) = try await handshake(
            identity: stranger.issue(names: ["DNS:relay.test"])
        )
        let (own, _) = try await handshake(
            identity: Authority.selfSigned(names: ["DNS:relay.test"])
        )
        #expect(reason(untrusted) == .untrusted)
        #expect(reason(own) == .selfSigned)
    }

    private func reason(_ result: Result<TLSReport, TLSError>) -> TLSRefusal.Reason? {
        guard case .failure(let error) = result, case .certificate(let refusal) = error.kind
        else { return nil }
        return refusal.reason
    }

    @Test func `a self-signed certificate can be trusted by itself`() async throws {
        let identity = try Authority.selfSigned(names: ["DNS:relay.test"])
        let (result, _) = try await handshake(
            identity: identity,
            trusted: identity.certificatePEM
        )
        #expect(try result.get().verification == .passed)
    }

    @Test func `with the check off the report says what it would have said`() async throws {
        let (result, echoed) = try await handshake(
            identity: Authority.selfSigned(names: ["DNS:relay.test"]),
            verify: false
        )
        guard case .switchedOff(let refusal) = try result.get().verification else {
            Issue.record("not switched off")
            return
        }
        #expect(refusal?.reason == .selfSigned)
        #expect(echoed == Array("hello".utf8))
    }

    @Test(arguments: [("127.0.0.1", true), ("127.0.0.2", false), ("::1", true)])
    func `an address is checked against the addresses of the certificate`(
        address: String,
        isFine: Bool
    ) async throws {
        let authority = try Authority()
        let (result, _) = try await handshake(
            identity: authority.issue(names: ["IP:127.0.0.1", "IP:::1"]),
            trusted: authority.certificatePEM,
            name: .address(address)
        )
        #expect(reason(result) == (isFine ? nil : .hostName))
    }

    @Test func `plain text instead of TLS is recognised with its words`() async throws {
        let error = try await failure(answering: Array("220 mail.test ESMTP\r\n".utf8))
        #expect(error?.kind == .plainText(Array("220 mail.test ESMTP\r\n".utf8)))
    }

    @Test func `silence ends at the deadline`() async throws {
        #expect(try await failure(answering: [])?.kind == .timedOut)
    }

    /// The error of a client whose server answers with `bytes` and keeps the connection open.
    private func failure(answering bytes: [UInt8]) async throws -> TLSError? {
        let group = try EventLoopGroup(count: 1)
        defer { group.stop() }
        let loop = group.loops[0]
        return try await EventLoopGroup.run(on: loop) {
            let listener = try Listener(on: loopback(), loop: loop)
            defer { listener.close() }
            let socket = try await Socket.connect(to: listener.address, on: loop, until: soon())
            let (server, _) = try await listener.accept()
            defer { server.close() }
            try await server.send(bytes, until: soon())
            do throws(TLSError) {
                _ = try await TLSStream.client(
                    socket,
                    try TLSContext.client(),
                    name: .host("relay.test"),
                    verify: true,
                    until: .after(.milliseconds(300))
                )
                return nil
            } catch {
                return error
            }
        }
    }

    @Test func `a key that does not fit its certificate is refused`() throws {
        let authority = try Authority()
        let one = try authority.issue(names: ["DNS:one.test"])
        let two = try authority.issue(names: ["DNS:two.test"])
        let error = #expect(throws: TLSError.self) {
            try TLSContext.server(
                certificatePEM: one.certificatePEM,
                keyPEM: Redacted(two.keyPEM)
            )
        }
        #expect(error?.kind == .configuration)
    }

    @Test func `trusted certificates that are none are refused`() {
        #expect(throws: TLSError.self) {
            try TLSContext.client(trustedPEM: Array("not a certificate".utf8))
        }
    }
}

private func soon() -> Deadline { .after(.seconds(10)) }

private func loopback() throws -> SocketAddress {
    try #require(SocketAddress(numeric: "127.0.0.1", port: 0))
}
