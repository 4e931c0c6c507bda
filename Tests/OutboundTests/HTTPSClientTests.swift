import HTTP
import Observability
import Synchronization
import TestCertificates
import Testing

@testable import Outbound
@testable import Sockets

@Suite(.timeLimit(.minutes(2))) struct HTTPSClientTests {
    /// Never stopped, as its users come and go.
    private static let pool = BlockingPool(threads: 4, queueLimit: 100)
    private static let loopback = SocketAddress(family: .ipv4, bytes: [127, 0, 0, 1], port: 0)

    /// A server over TLS, and what its client needs.
    private struct Scene {
        let authority: Authority
        let port: UInt16
        let group: EventLoopGroup

        func url(_ path: String = "/", host: String = "web.test") throws -> HTTPSURL {
            try #require(HTTPSURL("https://\(host):\(port)\(path)"))
        }

        func client(
            trusting authority: Authority?,
            egress: @escaping @Sendable (SocketAddress) -> String? = { _ in nil }
        ) -> HTTPSClient {
            HTTPSClient(
                resolver: StaticResolver([
                    "web.test": [loopback], "other.test": [loopback],
                    "away.test": [SocketAddress(family: .ipv4, bytes: [127, 0, 0, 9], port: 0)],
                ]),
                blocking: pool,
                egress: egress,
                trustedCertificates: authority?.certificatePEM ?? []
            )
        }

        func send(
            _ request: HTTPSRequest,
            by client: HTTPSClient? = nil,
            within time: Duration = .seconds(20)
        ) async throws -> HTTPSResponse {
            let client = client ?? self.client(trusting: authority)
            let loop = group.loops[0]
            return try await EventLoopGroup.run(on: loop) {
                try await client.send(request, on: loop, until: .after(time))
            }
        }

        /// Why there is no answer.
        func failure(
            _ request: HTTPSRequest,
            by client: HTTPSClient? = nil,
            within time: Duration = .seconds(20)
        ) async throws -> HTTPSError.Kind? {
            do {
                _ = try await send(request, by: client, within: time)
                return nil
            } catch let error as HTTPSError { return error.kind }
        }
    }

    private func withServer(
        names: [String] = ["DNS:web.test"],
        validity: ClosedRange<Int> = -60...86_400,
        _ handler: @escaping HTTPServer.Handler,
        _ body: (Scene) async throws -> Void
    ) async throws {
        let authority = try Authority()
        let identity = try authority.issue(names: names, validity: validity)
        let context = try TLSContext.server(
            certificatePEM: identity.certificatePEM,
            keyPEM: Redacted(identity.keyPEM)
        )
        let group = try EventLoopGroup(count: 2)
        let server = HTTPServer(on: group, handler: handler)
        let port = try await server.listen(
            on: Self.loopback,
            transport: .secured { try await TLSStream.server($0, context, until: $1) }
        ).port
        let result: Result<Void, any Error>
        do {
            result = .success(
                try await body(Scene(authority: authority, port: port, group: group))
            )
        } catch { result = .failure(error) }
        await server.shutdown(within: .zero)
        group.stop()
        try result.get()
    }

    @Test func `head and body go out, and come back, over TLS with the authority trusted`()
        async throws
    {
        try await withServer({ request in
            let words = [
                request.method.name, request.target, request.header(named: "X-Word") ?? "",
                String(decoding: request.body, as: UTF8.self), request.host,
            ]
            var response = Response.text(words.joined(separator: "|"))
            response.headers.append("X-Answer", "yes")
            return response
        }) { scene in
            var request = HTTPSRequest(
                .post,
                try scene.url("/a?b=c"),
                body: Redacted(Array("the body".utf8))
            )
            request.headers = [try #require(HTTPSRequest.Header("X-Word", "word"))]
            let response = try await scene.send(request)
            #expect(response.status == 200)
            #expect(response.header("x-answer") == "yes")
            #expect(
                response.body.reveal { String(decoding: $0, as: UTF8.self) }
                    == "POST|/a?b=c|word|the body|web.test:\(scene.port)"
            )
        }
    }

    @Test func `a certificate that does not hold is told apart, and nothing is sent`()
        async throws
    {
        let count = Mutex(0)
        let handler: HTTPServer.Handler = { _ in
            count.withLock { $0 += 1 }
            return .text("reached")
        }
        try await withServer(handler) { scene in
            let request = HTTPSRequest(.get, try scene.url())
            let stranger = scene.client(trusting: nil)
            #expect(try await scene.failure(request, by: stranger) == .tls(.untrusted))
            let other = HTTPSRequest(.get, try scene.url(host: "other.test"))
            #expect(try await scene.failure(other) == .tls(.hostName))
        }
        try await withServer(validity: -7200...(-3600), handler) { scene in
            let request = HTTPSRequest(.get, try scene.url())
            #expect(try await scene.failure(request) == .tls(.expired))
        }
        #expect(count.withLock { $0 } == 0)
    }

    @Test func `a redirection is an answer and is not followed`() async throws {
        let paths = Mutex<[String]>([])
        try await withServer({ request in
            paths.withLock { $0.append(request.rawPath) }
            return .redirect(to: "/elsewhere")
        }) { scene in
            let response = try await scene.send(HTTPSRequest(.get, try scene.url("/here")))
            #expect(response.status == 303)
            #expect(response.header("location") == "/elsewhere")
            #expect(paths.withLock { $0 } == ["/here"])
        }
    }

    @Test func `an answer longer than a megabyte is refused`() async throws {
        try await withServer({ request in
            let count =
                request.rawPath == "/more" ? HTTPSClient.bodyLimit + 1 : HTTPSClient.bodyLimit
            return Response(.ok, body: [UInt8](repeating: 0x61, count: count))
        }) { scene in
            let most = try await scene.send(HTTPSRequest(.get, try scene.url("/most")))
            #expect(most.body.reveal(\.count) == HTTPSClient.bodyLimit)
            let more = HTTPSRequest(.get, try scene.url("/more"))
            #expect(try await scene.failure(more) == .tooLarge)
        }
    }

    @Test func `silence, a closed port, an unknown name and no HTTP are told apart`()
        async throws
    {
        let (silence, end) = AsyncStream.makeStream(of: Void.self)
        try await withServer({ _ in
            for await _ in silence {}
            return .text("late")
        }) { scene in
            let request = HTTPSRequest(.get, try scene.url())
            let time: Duration = .milliseconds(300)
            #expect(try await scene.failure(request, within: time) == .timedOut)
            end.finish()
            // Nothing listens at another address of loopback.
            let away = HTTPSRequest(.get, try scene.url(host: "away.test"))
            #expect(try await scene.failure(away) == .refused)
            let unknown = HTTPSRequest(.get, try scene.url(host: "unknown.test"))
            #expect(try await scene.failure(unknown) == .name(.notFound))
            let plain = HTTPSRequest(
                .get,
                try #require(HTTPSURL("http://127.0.0.1:\(scene.port)/"))
            )
            #expect(try await scene.failure(plain) == .closed)
        }
    }

    @Test func `a request that was surely not sent is told from one that may have been`()
        async throws
    {
        let (silence, end) = AsyncStream.makeStream(of: Void.self)
        try await withServer({ _ in
            for await _ in silence {}
            return .text("late")
        }) { scene in
            func failure(_ request: HTTPSRequest, _ time: Duration) async throws -> HTTPSError {
                try await #require(throws: HTTPSError.self) {
                    try await scene.send(request, within: time)
                }
            }
            let loop = scene.group.loops[1]
            // Takes connections and says nothing, so that encryption never comes about.
            let listener = try await EventLoopGroup.run(on: loop) {
                try Listener(on: Self.loopback, loop: loop)
            }
            var mute = HTTPSRequest(
                .post,
                try #require(HTTPSURL("https://web.test:\(listener.address.port)/"))
            )
            mute.connectTime = .milliseconds(300)
            let unsent = try await failure(mute, .seconds(20))
            #expect(unsent.kind == .timedOut)
            #expect(!unsent.mayBeSent)
            loop.submit { listener.close() }
            var request = HTTPSRequest(.post, try scene.url())
            request.connectTime = .seconds(20)
            let sent = try await failure(request, .milliseconds(500))
            #expect(sent.kind == .timedOut)
            #expect(sent.mayBeSent)
            end.finish()
            let unknown = HTTPSRequest(.post, try scene.url(host: "unknown.test"))
            #expect(try await !failure(unknown, .seconds(20)).mayBeSent)
        }
    }

    @Test func `a task that is cancelled gets its end at once`() async throws {
        let (silence, end) = AsyncStream.makeStream(of: Void.self)
        let (reached, arrival) = AsyncStream.makeStream(of: Void.self)
        try await withServer({ _ in
            arrival.yield()
            for await _ in silence {}
            return .text("late")
        }) { scene in
            let request = HTTPSRequest(.get, try scene.url())
            let sending = Task { try await scene.failure(request) }
            for await _ in reached { break }
            sending.cancel()
            #expect(try await sending.value == .cancelled)
            end.finish()
        }
    }

    @Test func `the network's rules see the address itself, once more when it is connected to`()
        async throws
    {
        let count = Mutex(0)
        try await withServer({ _ in
            count.withLock { $0 += 1 }
            return .text("reached")
        }) { scene in
            let request = HTTPSRequest(.get, try scene.url())
            let never = scene.client(trusting: scene.authority) { "\($0.host) is inside." }
            #expect(
                try await scene.failure(request, by: never) == .forbidden("127.0.0.1 is inside.")
            )
            // A rule that changes its mind after the look-up: the socket is the last door.
            let looks = Mutex(0)
            let late = scene.client(trusting: scene.authority) { address in
                looks.withLock { looks in
                    looks += 1
                    return looks > 1 ? "\(address) is inside." : nil
                }
            }
            #expect(
                try await scene.failure(request, by: late)
                    == .forbidden("127.0.0.1:\(scene.port) is inside.")
            )
            #expect(count.withLock { $0 } == 0)
            // A numeric address in the URL goes through the same door.
            let numeric = HTTPSRequest(.get, try scene.url(host: "127.0.0.1"))
            #expect(
                try await scene.failure(numeric, by: never) == .forbidden("127.0.0.1 is inside.")
            )
        }
    }

    @Test func `plain HTTP that is led to another machine is not sent`() async throws {
        let group = try EventLoopGroup(count: 1)
        defer { group.stop() }
        let client = HTTPSClient(
            resolver: StaticResolver([
                "localhost": [SocketAddress(family: .ipv4, bytes: [192, 0, 2, 1], port: 0)]
            ]),
            blocking: Self.pool
        )
        let url = try #require(HTTPSURL("http://localhost:8080/"))
        let loop = group.loops[0]
        let error = await #expect(throws: HTTPSError.self) {
            try await EventLoopGroup.run(on: loop) {
                try await client.send(HTTPSRequest(.get, url), on: loop, until: .after(.seconds(9)))
            }
        }
        guard case .forbidden? = error?.kind else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test(arguments: [
        "https://a", "https://a/", "https://A.example:8443/x?y=z", "https://192.0.2.1/",
        "https://[2001:db8::1]:444/", "http://localhost:1/", "http://127.0.0.1/", "http://[::1]:2",
    ])
    func `an address that is a URL is read`(_ text: String) {
        #expect(HTTPSURL(text) != nil)
    }

    @Test(arguments: [
        "", "a", "https://", "https:///x", "ftp://a/", "http://a/", "http://127.0.0.1.a.example/",
        "https://user@a/", "https://a/#b", "https://a b/", "https://a:0/", "https://a:65536/",
        "https://a:+1/", "https://a\\b/", "https://[::1/", "https://[192.0.2.1]/", "https://ä/",
        "http://10.0.0.1/", "https://a\r\nb/", "file:///etc/passwd",
    ])
    func `an address that is none, or not safe, is not`(_ text: String) {
        #expect(HTTPSURL(text) == nil)
    }

    @Test func `a request may ask for a shorter answer than others`() async throws {
        try await withServer({ _ in .text("four") }) { scene in
            var request = HTTPSRequest(.get, try scene.url())
            request.answerLimit = 4
            #expect(try await scene.send(request).status == 200)
            request.answerLimit = 3
            #expect(try await scene.failure(request) == .tooLarge)
        }
    }

    @Test func `what a server says of our certificate is understood`() {
        func problem(_ words: String) -> HTTPSError.TLSProblem? {
            HTTPSError.Kind.complaint(in: "OpenSSL SSL_read: error:0A00045C:SSL routines::" + words)
        }
        #expect(problem("tlsv13 alert certificate required") == .clientCertificateRequired)
        #expect(problem("sslv3 alert bad certificate") == .clientCertificateRejected)
        #expect(problem("tlsv1 alert unknown ca") == .clientCertificateRejected)
        #expect(problem("sslv3 alert handshake failure") == nil)
    }

    @Test func `a header cannot end its line`() {
        #expect(HTTPSRequest.Header("X", "a\r\nY: b") == nil)
        #expect(HTTPSRequest.Header("X: Y", "a") == nil)
        #expect(HTTPSRequest.Header("X", "a") != nil)
    }
}
