import Cryptography
import Outbound
import Mail
import Observability
import Synchronization
import TestCertificates
import Testing

@testable import SMTP
@testable import Sockets

/// One run of the engine against scripted relays.
struct ScriptedRun {
    var scripts: [Script]
    var identity: Authority.Identity?
    var kind = TraceKind.connection
    var submission = Submission(
        sender: address("no-reply@tenant.test"),
        recipients: [address("anna@example.test")].compactMap { $0 },
        message: Array("Subject: Test\r\n\r\nHello\r\n".utf8),
        messageID: "<1@tenant.test>"
    )
    /// The names that lead to the relay.
    var names = ["relay.test"]
    /// Changes the settings, which start as: no TLS, no authentication, 2 seconds.
    var adjust: @Sendable (inout ConnectionSettings) -> Void = { _ in }
    var beforeFinalDot: @Sendable () async throws -> Void = {}
    /// Whether the marker before the final dot takes until a script comes to its `done`.
    var marksWhenDone = false
    var onStep: @Sendable (StepEvent) async throws -> Void = { _ in }
    var limits = Limits()
    var blocking = blockingPool
    var egress: @Sendable (SocketAddress) -> EgressDecision = { _ in .allowed }

    struct Result: Sendable {
        let trace: Trace
        let received: [String]
        let surprises: [String]
    }

    init(_ scripts: Script..., kind: TraceKind = .connection) {
        self.scripts = scripts
        self.kind = kind
    }

    func run(until limit: Duration = .seconds(60)) async throws -> Result {
        let group = try EventLoopGroup(count: 1)
        defer { group.stop() }
        let loop = group.loops[0]
        return try await EventLoopGroup.run(on: loop) {
            let relay = try ScriptedRelay(scripts, identity: identity, loop: loop)
            let serving = Task(executorPreference: loop) { await relay.serve() }
            defer { relay.stop() }
            var settings = ConnectionSettings(
                host: try #require(Host("relay.test")),
                port: relay.address.port
            )
            settings.tls = .none
            settings.timeoutSeconds = 2
            settings.heloName = HeloName("client.test")
            adjust(&settings)
            let engine = Engine(
                resolver: StaticResolver(
                    Dictionary(uniqueKeysWithValues: names.map { ($0, [relay.address]) })
                ),
                egress: egress,
                blocking: blocking,
                limits: limits
            )
            let (marksWhenDone, done) = (marksWhenDone, relay.done)
            let trace: Trace
            if kind == .send {
                trace = try await engine.send(
                    submission,
                    with: settings,
                    on: loop,
                    onStep: onStep,
                    beforeFinalDot: {
                        if marksWhenDone { for await _ in done {} }
                        try await beforeFinalDot()
                    }
                )
            } else {
                trace = try await engine.testConnection(
                    settings,
                    on: loop,
                    until: .after(limit),
                    onStep: onStep
                )
            }
            relay.stop()
            await serving.value
            return Result(trace: trace, received: relay.received, surprises: relay.surprises)
        }
    }
}

extension Trace {
    /// `connect ok, greeting failed`, for a short look at a run.
    var summary: String {
        steps.map { "\($0.name) \($0.status)" }.joined(separator: ", ")
    }

    /// Everything that a page may show of it.
    var texts: [String] {
        [verdict.cause, verdict.advice, verdict.reply?.text ?? "", queueID ?? ""]
            + steps.flatMap(\.lines).map(\.text)
            + steps.flatMap(\.facts).flatMap { $0.value.texts }
    }
}

extension JSON {
    /// Every text in it.
    var texts: [String] {
        switch self {
        case .string(let text): [text]
        case .array(let elements): elements.flatMap(\.texts)
        case .object(let members): members.flatMap { $0.value.texts }
        case .null, .bool, .number: []
        }
    }
}

/// For sign-ins that compute; never stopped, as the runs come and go.
let blockingPool = BlockingPool(threads: 4, queueLimit: 100)

/// Secret bytes from text.
func secret(_ text: String) -> Redacted<[UInt8]> {
    Redacted(Array(text.utf8))
}

/// Keeps what callbacks tell.
final class Recorded<Value: Sendable>: Sendable {
    private let list = Mutex<[Value]>([])

    var values: [Value] { list.withLock { $0 } }

    func append(_ value: Value) {
        list.withLock { $0.append(value) }
    }
}

/// An address that the tests know to be one.
func address(_ text: String) -> Address? {
    try? Address(parsing: text)  // nil fails the test that uses it
}

extension Engine {
    /// With the tests' pool.
    init(
        resolver: any Resolving = Resolver(),
        egress: @escaping @Sendable (SocketAddress) -> EgressDecision = { _ in .allowed },
        proxyEnvironment: ProxyEnvironment = ProxyEnvironment([:]),
        allowsRemoteNames: Bool = true,
        random: RandomSource = .system
    ) {
        self.init(
            resolver: resolver,
            egress: egress,
            blocking: blockingPool,
            proxyEnvironment: proxyEnvironment,
            allowsRemoteNames: allowsRemoteNames,
            random: random
        )
    }
}
