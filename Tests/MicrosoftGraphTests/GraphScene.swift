import Mail
import OAuth
import Observability
import Outbound
import SMTP
import Sockets
import Synchronization
import TestCertificates
import TestGraph
import Testing

@testable import MicrosoftGraph

/// An engine that knows a `GraphServer` as Microsoft.
struct GraphScene {
    let server: GraphServer
    let loop: EventLoop
    let engine: GraphEngine

    /// Never stopped, as its users come and go.
    static let pool = BlockingPool(threads: 16, queueLimit: 100)

    static func run(
        _ rules: GraphRules = GraphRules(),
        limits: GraphLimits = GraphScene.limits,
        _ body: (GraphScene) async throws -> Void
    ) async throws {
        let group = try EventLoopGroup(count: 1)
        defer { group.stop() }
        try await withGraphServer(rules) { server in
            let loop = group.loops[0]
            let engine = Self.engine(server, limits: limits)
            try await body(GraphScene(server: server, loop: loop, engine: engine))
        }
    }

    /// Patient with a busy machine, and quick where the time is ours.
    static var limits: GraphLimits {
        var limits = GraphLimits()
        limits.backOff = .milliseconds(1)
        return limits
    }

    static func engine(
        _ server: GraphServer,
        graphPort: UInt16? = nil,
        limits: GraphLimits = GraphScene.limits,
        trusting: Bool = true,
        environment: [String: String] = [:],
        egress: @escaping @Sendable (SocketAddress) -> String? = { _ in nil }
    ) -> GraphEngine {
        let port = server.port
        return GraphEngine(
            https: HTTPSClient(
                resolver: server.resolver,
                blocking: pool,
                egress: egress,
                trustedCertificates: trusting ? server.authority.certificatePEM : []
            ),
            proxyEnvironment: ProxyEnvironment(environment),
            endpoints: GraphEndpoints(
                login: { _ in "https://login.test:\(port)" },
                graph: { _ in "https://graph.test:\(graphPort ?? port)" }
            ),
            limits: limits
        )
    }

    func account(
        mailbox: String = "no-reply@contoso.com",
        secret: String = GraphRules().clientSecret,
        client: String = GraphRules().clientID,
        tenant: String = GraphRules().tenantID,
        cloud: NationalCloud = .global,
        saves: Bool = true
    ) throws -> GraphAccount {
        GraphAccount(
            cloud: cloud,
            tenantID: tenant,
            clientID: client,
            clientSecret: Redacted(Array(secret.utf8)),
            mailbox: try Address(parsing: mailbox),
            saveToSentItems: saves
        )
    }

    /// A message of Ana's to Ben, with an `ö` in it.
    func message(from: String = "no-reply@contoso.com") throws -> Message {
        Message(
            from: Mailbox(
                address: try Address(parsing: from),
                name: try DisplayName(parsing: "Störung, Ana")
            ),
            to: [Mailbox(address: try Address(parsing: "ben@example.com"))],
            subject: HeaderText(sanitizing: "Größe <b>"),
            text: "Hallo Ben,\n.\nschöne Grüße\n",
            html: nil,
            date: MessageDate(secondsSince1970: 1_795_860_000),
            messageID: try MessageID(token: "test-1", domain: "contoso.com")
        )
    }

    func submission(from: String = "no-reply@contoso.com") throws -> GraphSubmission {
        let message = try message(from: from)
        return GraphSubmission(
            mime: message.encoded(),
            messageID: message.messageID.text,
            from: message.from.address
        )
    }

    func send(
        _ submission: GraphSubmission? = nil,
        as account: GraphAccount? = nil,
        until deadline: Deadline = .after(.seconds(60)),
        onStep: @escaping @Sendable (StepEvent) async throws -> Void = { _ in },
        beforeSubmit: @escaping @Sendable () async throws -> Void = {}
    ) async throws -> Trace {
        try await engine.send(
            try submission ?? self.submission(),
            with: try account ?? self.account(),
            on: loop,
            until: deadline,
            onStep: onStep,
            beforeSubmit: beforeSubmit
        )
    }
}

/// Counts from any thread.
final class Counter: Sendable {
    private let value = Mutex(0)
    func rise() { value.withLock { $0 += 1 } }
    var count: Int { value.withLock { $0 } }
}

extension Trace {
    var words: [String] { steps.map { "\($0.name) \($0.status)" } }

    /// Everything that people see of it.
    var shown: String { String(decoding: json.bytes, as: UTF8.self) }

    func fact(_ name: String, of step: StepName) -> JSON? {
        steps.last { $0.name == step }?.facts.first { $0.name == name }?.value
    }
}
