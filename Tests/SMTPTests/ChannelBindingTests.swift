import Observability
import TestCertificates
import Testing

@testable import SMTP
@testable import Sockets

/// SCRAM tied to the TLS connection, against libgsasl's server, and relays that do not prove
/// themselves.
@Suite struct ChannelBindingTests {
    struct Outcome: Sendable {
        let trace: Trace
        let header: String
    }

    func run(
        _ mechanisms: String,
        _ behaviour: SASLServer.Behaviour = .honest,
        isTLS12: Bool = false
    ) async throws -> Outcome {
        let group = try EventLoopGroup(count: 1)
        defer { group.stop() }
        let loop = group.loops[0]
        return try await EventLoopGroup.run(on: loop) {
            let authority = try Authority(name: "Test Authority")
            let identity = try authority.issue(names: ["DNS:relay.test"])
            let any = try #require(SocketAddress(numeric: "127.0.0.1", port: 0))
            let listener = try Listener(on: any, loop: loop)
            let server = SASLServer(
                mechanisms: mechanisms,
                behaviour: behaviour,
                isTLS12: isTLS12,
                password: "pencil Wörd"
            )
            let serving = Task(executorPreference: loop) {
                let (socket, _) = try await listener.accept()
                let context = try TLSContext.server(
                    certificatePEM: identity.certificatePEM,
                    keyPEM: Redacted(identity.keyPEM)
                )
                return try await server.serve(socket, context)
            }
            var settings = ConnectionSettings(
                host: try #require(Host("relay.test")),
                port: listener.address.port
            )
            settings.tls = .implicit
            settings.trustedCertificates = authority.certificatePEM
            settings.authentication = .automatic
            settings.username = secret("user")
            settings.password = secret("pencil Wörd")
            let engine = Engine(
                resolver: StaticResolver(["relay.test": [listener.address]]),
                blocking: blockingPool
            )
            let trace = try await engine.testConnection(settings, on: loop)
            let header = try await serving.value
            listener.close()
            return Outcome(trace: trace, header: header)
        }
    }

    static let both = "SCRAM-SHA-256-PLUS SCRAM-SHA-256 SCRAM-SHA-1-PLUS SCRAM-SHA-1"

    @Test(arguments: [(false, "p=tls-exporter"), (true, "p=tls-unique")])
    func `the strongest ties the sign-in to the TLS connection`(
        isTLS12: Bool,
        header: String
    ) async throws {
        let outcome = try await run(Self.both, isTLS12: isTLS12)
        #expect(outcome.trace.outcome == .accepted, "\(outcome.trace.verdict)")
        #expect(outcome.header == header)
        let step = try #require(outcome.trace.steps.first { $0.name == .authenticate })
        #expect(step.facts.contains(Fact("mechanism", "SCRAM-SHA-256-PLUS")))
    }

    @Test func `a sign-in carried over to another TLS connection is refused`() async throws {
        let outcome = try await run(Self.both, .otherBinding)
        #expect(outcome.trace.verdict.code == .authenticationRejected)
    }

    @Test func `SHA-256 without the tie goes before SHA-1 with it`() async throws {
        let outcome = try await run("SCRAM-SHA-1-PLUS SCRAM-SHA-256")
        #expect(outcome.header == "n")
        #expect(outcome.trace.outcome == .accepted, "\(outcome.trace.verdict)")
    }

    @Test(arguments: [SASLServer.Behaviour.wrongProof, .noProof])
    func `a relay that does not prove itself is not signed in to`(
        behaviour: SASLServer.Behaviour
    ) async throws {
        let outcome = try await run(Self.both, behaviour)
        #expect(outcome.trace.outcome == .failed)
        #expect(outcome.trace.verdict.code == .relayProof, "\(outcome.trace.verdict)")
        #expect(outcome.trace.verdict.field == "host")
    }
}
