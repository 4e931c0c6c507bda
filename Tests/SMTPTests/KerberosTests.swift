import Foundation
import Testing

@testable import SMTP
@testable import Sockets

/// What Kerberos says when it says no, from a real realm.
@Suite(.serialized, .enabled(if: RealRelay.isPossible, "Postfix must be started by root"))
struct KerberosTests {
    struct Trouble: Sendable, CustomTestStringConvertible {
        let username: String
        let code: VerdictCode
        let who: WhoCanFix
        var seconds = 30

        var testDescription: String { username }
    }

    static let troubles = [
        Trouble(
            username: "nobody@SENDPROOF.TEST",
            code: .kerberosPrincipalUnknown,
            who: .administrator
        ),
        Trouble(
            username: "expired@SENDPROOF.TEST",
            code: .kerberosPasswordExpired,
            who: .administrator
        ),
        Trouble(
            username: "locked@SENDPROOF.TEST",
            code: .kerberosAccountLocked,
            who: .administrator
        ),
        Trouble(
            username: "relay@SKEWED.TEST",
            code: .kerberosClockSkew,
            who: .administrator
        ),
        Trouble(
            username: "relay@NOWHERE.TEST",
            code: .kerberosRealmUnknown,
            who: .administrator
        ),
        Trouble(username: "relay@CLOSED.TEST", code: .kerberosUnreachable, who: .network),
        // A server that never answers: the timeout for the address ends it.
        Trouble(
            username: "relay@SILENT.TEST",
            code: .kerberosUnreachable,
            who: .network,
            seconds: 3
        ),
    ]

    func settings() throws -> (RealRelay, ConnectionSettings) {
        let relay = try RealRelay.shared()
        var settings = try relay.settings("IMPLICIT", tls: .implicit)
        settings.authentication = .kerberos
        return (relay, settings)
    }

    @Test(arguments: troubles)
    func `each refusal of Kerberos has its own words`(trouble: Trouble) async throws {
        var (relay, settings) = try settings()
        settings.username = secret(trouble.username)
        settings.timeoutSeconds = trouble.seconds
        let trace = try await relay.run(settings)
        #expect(trace.verdict.code == trouble.code, "\(trace.verdict)")
        #expect(trace.verdict.whoCanFix == trouble.who)
        let step = try #require(trace.steps.first { $0.name == .authenticate })
        #expect(step.lines.isEmpty, "nothing is said to the relay: \(step.lines)")
    }

    @Test func `a relay that the realm does not know is named`() async throws {
        var (relay, settings) = try settings()
        settings.host = try #require(Host("127.0.0.1"))
        settings.username = secret("relay@SENDPROOF.TEST")
        let trace = try await relay.run(settings)
        #expect(trace.verdict.code == .kerberosServiceUnknown, "\(trace.verdict)")
        #expect(trace.verdict.cause.contains("smtp/127.0.0.1"))
    }

    @Test func `without user name and password the host's keytab is used`() async throws {
        try await HostTickets.alone { tickets in
            var (relay, settings) = try settings()
            settings.username = nil
            settings.password = nil
            try tickets.installKeytab()
            let with = try await relay.run(settings)
            #expect(with.outcome == .accepted, "\(with.verdict)")
            let step = with.steps.first { $0.name == .authenticate }
            #expect(step?.facts.contains { $0.name == "credentials" } == true)
        }
    }

    @Test func `a user name without a password is told before anybody is asked`() async throws {
        var (relay, settings) = try settings()
        settings.password = nil
        let trace = try await relay.run(settings)
        #expect(trace.verdict.code == .credentialsMissing)
        #expect(trace.addresses.isEmpty)
    }
}
