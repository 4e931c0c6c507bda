import Cryptography
import Foundation
import HTTP
import Mail
import OAuth
import Observability
import Outbound
import SMTP
import Sockets
import TestGraph
import Testing

@testable import MicrosoftGraph

@Suite(.timeLimit(.minutes(2))) struct SubmissionTests {
    @Test func `a message is accepted by Microsoft as it is, and not called delivered`()
        async throws
    {
        try await GraphScene.run { scene in
            let marks = Counter()
            let submission = try scene.submission()
            let trace = try await scene.send(submission, beforeSubmit: { marks.rise() })
            #expect(trace.outcome == .accepted)
            #expect(trace.words == ["token ok", "submit ok"])
            #expect(trace.isMessageAccepted)
            #expect(marks.count == 1)
            #expect(trace.verdict.code == .graphAccepted)
            #expect(trace.verdict.cause.contains("accepted by Microsoft (202)"))
            #expect(trace.verdict.cause.contains("non-delivery report"))
            let taken = try #require(scene.server.rules.taken.first)
            #expect(scene.server.rules.taken.count == 1)
            let encoded = try scene.message().encoded()
            #expect(taken.mime == encoded)
            #expect(taken.recipients == ["ben@example.com"])
            #expect(taken.isSaved)
            #expect(trace.messageID == "<test-1@contoso.com>")
            #expect(trace.fact("form", of: .submit) == .string("MIME"))
            #expect(trace.fact("mailbox", of: .submit) == .string("no-reply@contoso.com"))
            #expect(trace.fact("status", of: .submit) == .number(202))
            #expect(trace.fact("requestID", of: .submit) != nil)
            let request = try #require(scene.server.rules.submissions.first)
            let id = try #require(request.header(named: "client-request-id"))
            #expect(UUID(uuidString: id) != nil)
            #expect(trace.fact("clientRequestID", of: .submit) == .string(id))
        }
    }

    @Test func `neither the secret nor the token is in a trace`() async throws {
        try await GraphScene.run { scene in
            scene.server.change {
                $0.faults = [GraphRules.error(.badRequest, "ErrorInvalidRequest", "I got nothing.")]
            }
            let first = try await scene.send()
            let token = try #require(scene.server.rules.tokens.first)
            // A server that repeats what it got makes it public no more than ours does.
            scene.server.change {
                $0.faults = [GraphRules.error(.badRequest, "ErrorInvalidRequest", "Got \(token).")]
            }
            let second = try await scene.send()
            for trace in [first, second] {
                #expect(trace.verdict.code == .graphMessageInvalid)
                #expect(trace.shown.contains("Authorization: Bearer [redacted]"))
                #expect(!trace.shown.contains(token))
                #expect(!trace.shown.contains("s3cret"))
            }
            #expect(second.verdict.cause.contains("Got [redacted]"))
        }
    }

    @Test func `Bcc goes in the header, where Graph looks for recipients`() async throws {
        try await GraphScene.run { scene in
            let bcc = [Mailbox(address: try Address(parsing: "carla@example.com"))]
            let message = try scene.message().naming(bcc: bcc)
            let trace = try await scene.send(GraphSubmission(mime: message.encoded()))
            #expect(trace.outcome == .accepted)
            let taken = try #require(scene.server.rules.taken.first)
            #expect(taken.recipients == ["ben@example.com", "carla@example.com"])
        }
    }

    @Test func `a mailbox of any letters is one part of the address`() async throws {
        try await GraphScene.run { scene in
            let trace = try await scene.send(
                try scene.submission(from: "büro@contoso.com"),
                as: try scene.account(mailbox: "büro@contoso.com")
            )
            #expect(trace.outcome == .accepted)
            let target = try #require(scene.server.rules.submissions.first).rawPath
            #expect(target == "/v1.0/users/b%C3%BCro%40contoso.com/sendMail")
        }
    }

    @Test func `Python reads the message that Graph took`() async throws {
        try await GraphScene.run { scene in
            var message = try scene.message()
            message.html = "<p>schöne Grüße</p>"
            message.options.priority = .urgent
            message.options.readReceiptTo = try Address(parsing: "ana@contoso.com")
            _ = try await scene.send(GraphSubmission(mime: message.encoded()))
            let mime = try #require(scene.server.rules.taken.first?.mime)
            let script = """
                import email, email.policy, sys
                m = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
                print(m["Subject"], m["From"], m["Priority"], m["Disposition-Notification-To"],
                      m.get_body(("html",)).get_content().strip(), m.defects, sep="|")
                """
            let words = try Python.run(script, input: mime)
            #expect(
                words == "Größe <b>|\"Störung, Ana\" <no-reply@contoso.com>|urgent|"
                    + "ana@contoso.com|<p>schöne Grüße</p>|[]\n"
            )
        }
    }

    @Test func `the token is kept and used again, and a refused one is replaced once`()
        async throws
    {
        try await GraphScene.run { scene in
            _ = try await scene.send()
            let second = try await scene.send()
            #expect(second.fact("source", of: .token) == .string("memory"))
            #expect(scene.server.rules.tokenRequests.count == 1)
            scene.server.change { $0.revokeTokens() }
            let marks = Counter()
            let third = try await scene.send(beforeSubmit: { marks.rise() })
            #expect(third.words == ["token ok", "submit failed", "token ok", "submit ok"])
            #expect(third.outcome == .accepted)
            #expect(third.verdict.code == .graphAccepted)
            #expect(marks.count == 1)
            #expect(scene.server.rules.taken.count == 3)
            // One that is new and refused all the same is not replaced again.
            scene.server.change {
                let fault = GraphRules.error(
                    .unauthorized,
                    "InvalidAuthenticationToken",
                    "Lifetime validation failed, the token is expired."
                )
                $0.faults = [fault, fault, fault]
            }
            let fourth = try await scene.send()
            #expect(fourth.words == ["token ok", "submit failed", "token ok", "submit failed"])
            #expect(fourth.verdict.code == .graphTokenRejected)
            #expect(fourth.verdict.whoCanFix == .entraAdministrator)
            #expect(fourth.verdict.reply?.code == 401)
        }
    }

    @Test func `the request for the token is Microsoft's`() async throws {
        try await GraphScene.run { scene in
            let trace = try await scene.send()
            let request = try #require(scene.server.rules.tokenRequests.first)
            let form = try request.form()
            #expect(request.rawPath == "/\(GraphRules().tenantID)/oauth2/v2.0/token")
            #expect(form["scope"] == "https://graph.microsoft.com/.default")
            #expect(form["client_id"] == GraphRules().clientID)
            #expect(trace.fact("tokenRoles", of: .token) == .array([.string("Mail.Send")]))
            #expect(trace.fact("tokenTenant", of: .token) == .string(GraphRules().tenantID))
        }
    }

    @Test(arguments: NationalCloud.allCases)
    func `each cloud has its hosts and its scope`(_ cloud: NationalCloud) async throws {
        var rules = GraphRules()
        rules.scope = "https://\(cloud.graphHost)/.default"
        try await GraphScene.run(rules) { scene in
            let account = try scene.account(cloud: cloud)
            #expect(try await scene.send(as: account).outcome == .accepted)
            let url = try #require(GraphEndpoints.microsoft.token(account))
            #expect(
                url.text
                    == "https://\(cloud.loginHost)/\(GraphRules().tenantID)/oauth2/v2.0/token"
            )
            #expect(
                GraphEndpoints.microsoft.sendMail(account)?.text
                    == "https://\(cloud.graphHost)/v1.0/users/no-reply%40contoso.com/sendMail"
            )
        }
    }

    @Test func `a directory's name cannot lead to another host`() async throws {
        try await GraphScene.run { scene in
            for tenant in ["a/b", "..", "x@evil.test/", "a?b#c", "\\evil.test"] {
                let url = GraphEndpoints.microsoft.token(try scene.account(tenant: tenant))
                #expect(url?.host == "login.microsoftonline.com")
                #expect(url?.text.hasSuffix("/oauth2/v2.0/token") == true)
            }
            for account in [try scene.account(tenant: ""), try scene.account(client: "")] {
                let trace = try await scene.send(as: account)
                #expect(trace.verdict.code == .graphSettings)
                #expect(trace.words == ["token failed"])
            }
            #expect(scene.server.rules.tokenRequests.isEmpty)
        }
    }

    // MARK: - Time and order

    @Test func `the marker that fails keeps the message here`() async throws {
        struct NoDatabase: Error {}
        try await GraphScene.run { scene in
            await #expect(throws: NoDatabase.self) {
                try await scene.send(beforeSubmit: { throw NoDatabase() })
            }
            #expect(scene.server.rules.submissions.isEmpty)
            // The place is free again.
            for _ in 0..<5 {
                let trace = try await scene.send()
                #expect(trace.outcome == .accepted)
            }
        }
    }

    @Test func `after the marker a listener's trouble counts no more`() async throws {
        struct NoDatabase: Error {}
        try await GraphScene.run { scene in
            let marks = Counter()
            let trace = try await scene.send(
                onStep: { event in
                    if case .finished(_, let step) = event, step.name == .submit {
                        throw NoDatabase()
                    }
                },
                beforeSubmit: { marks.rise() }
            )
            #expect(trace.outcome == .accepted)
            #expect(marks.count == 1)
        }
    }

    @Test func `a run without time left sends nothing and says so`() async throws {
        try await GraphScene.run { scene in
            let trace = try await scene.send(until: .now)
            #expect(trace.outcome == .timedOut)
            #expect(trace.verdict.code == .timedOut)
            #expect(scene.server.rules.tokenRequests.isEmpty)
        }
    }

    @Test func `steps are told as they happen`() async throws {
        try await GraphScene.run { scene in
            let (events, source) = AsyncStream.makeStream(of: StepEvent.self)
            let trace = try await scene.send(onStep: { source.yield($0) })
            source.finish()
            var told: [String] = []
            for await event in events {
                switch event {
                case .started(let index, let name, _, _): told.append("\(index) \(name)")
                case .finished(let index, let step):
                    told.append("\(index) \(step.status)")
                    #expect(step == trace.steps[index])
                }
            }
            #expect(told == ["0 token", "0 ok", "1 submit", "1 ok"])
        }
    }

    // MARK: - Size

    @Test func `what Graph cannot take is refused before anything is asked`() async throws {
        try await GraphScene.run { scene in
            let largest = GraphLimits.body / 4 * 3
            let head = try scene.message().encoded()
            func trace(_ size: Int) async throws -> Trace {
                let padding = [UInt8](repeating: 0x61, count: size - head.count)
                return try await scene.send(GraphSubmission(mime: head + padding))
            }
            #expect(try await trace(largest).outcome == .accepted)
            let refused = try await trace(largest + 1)
            #expect(refused.verdict.code == .graphSizeExceeded)
            #expect(refused.words == ["submit failed"])
            #expect(refused.verdict.cause.contains("4194308 bytes"))
            #expect(scene.server.rules.submissions.count == 1)
        }
    }
}

/// Runs a script of Python's, which has its own reader of messages.
enum Python {
    static func run(_ script: String, input: [UInt8]) throws -> String {
        let process = Process()
        let (standardInput, output) = (Pipe(), Pipe())
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", script]
        process.environment = ["PYTHONIOENCODING": "utf-8", "PATH": "/usr/bin:/bin"]
        process.standardInput = standardInput
        process.standardOutput = output
        try process.run()
        standardInput.fileHandleForWriting.write(Data(input))
        try standardInput.fileHandleForWriting.close()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }
}
