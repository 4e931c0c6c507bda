import SASL
import Testing

@testable import SMTP

/// What providers have announced about passwords is said when it concerns the settings.
@Suite struct NoticeTests {
    private static let office = "smtp.office365.com"

    private func text(_ host: String, _ day: String) throws -> String? {
        Notice.text(
            for: try #require(Host(host)),
            at: try #require(TraceTime(text: day + "T12:00:00Z"))
        )
    }

    @Test func `every announcement of the file can be read and is in order`() throws {
        let notices = try Notice.read(PackageResources.notices_json)
        #expect(Notice.all == notices)
        #expect(!notices.isEmpty)
        for notice in notices {
            #expect(!notice.hosts.isEmpty && !notice.stages.isEmpty)
            #expect(notice.hosts == notice.hosts.map { $0.lowercased() })
            let days = notice.stages.map(\.from)
            #expect(days == days.sorted())
            for day in days { _ = try #require(TraceTime(text: day + "T00:00:00Z")) }
            for stage in notice.stages { #expect(stage.text.hasSuffix(".")) }
        }
    }

    @Test func `the state of the day counts`() throws {
        #expect(try text(Self.office, "2024-01-01") == nil)
        #expect(try text(Self.office, "2026-12-30")?.contains("switches") == true)
        #expect(try text("SMTP.Office365.COM", "2027-01-01")?.hasPrefix("Since") == true)
        #expect(try text("mail.example.com", "2027-01-01") == nil)
    }

    @Test(arguments: [Authentication.plain, .xoauth2])
    func `a password that works for now works with a warning, a token without`(
        _ authentication: Authentication
    ) async throws {
        let trace = try await run(authentication, answer: "235 2.7.0 Accepted")
        #expect(trace.outcome == .accepted)
        let step = try #require(trace.steps.first { $0.name == .authenticate })
        let isPassword = authentication == .plain
        #expect(step.status == (isPassword ? .warning : .ok))
        #expect(step.facts.contains { $0.name == "notice" } == isPassword)
    }

    @Test func `a refused password has the announcement in its advice`() async throws {
        let answer = "535 5.7.139 Authentication unsuccessful, basic authentication is disabled."
        let trace = try await run(.plain, answer: answer)
        #expect(trace.outcome == .failed)
        #expect(trace.verdict.advice.contains("Move to OAuth 2"))
    }

    private func run(_ authentication: Authentication, answer: String) async throws -> Trace {
        let user = "ada@example.com"
        let response =
            authentication == .plain
            ? "PLAIN " + base64("\0\(user)\0s3cret")
            : "XOAUTH2 " + base64("user=\(user)\u{1}auth=Bearer s3cret\u{1}\u{1}")
        var run = ScriptedRun(
            Script(
                """
                S: 220 office.test ESMTP
                C: EHLO client.test
                S: 250-office.test
                S: 250 AUTH PLAIN XOAUTH2
                C: AUTH \(response)
                S: \(answer)
                C: QUIT
                S: 221 Bye
                """
            )
        )
        run.names = [Self.office]
        run.adjust = { settings in
            settings.host = Host(Self.office) ?? settings.host
            settings.tls = .none
            settings.authentication = authentication
            settings.allowPlaintextAuthentication = true
            settings.username = secret(user)
            settings.password = secret("s3cret")
        }
        return try await run.run().trace
    }

    private func base64(_ text: String) -> String {
        String(decoding: Base64.encode(Array(text.utf8)), as: UTF8.self)
    }
}
