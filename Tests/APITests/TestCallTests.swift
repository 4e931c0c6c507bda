import API
import Foundation
import SMTP
import TestSends
import TestSupport
import Testing

/// Tests asked for and watched by programs, run by a worker.
@Suite struct TestCallTests {
    /// Waits until the test has ended, on its event stream; gives the stream's text.
    private func watch(_ program: Program, _ json: JSON) async throws -> Reply {
        let path = try #require(json["links"]?["events"]?.text)
        return try await program.get(path)
    }

    @Test func `settings are tested without being saved, and the steps can be watched`()
        async throws
    {
        try await withAPI { scene in
            try await scene.working {
                let otto = try await scene.program(.otto)
                let order: JSON = ["kind": "connection", "settings": Furniture.profile]
                let started = try await otto.post("/api/v1/t/borealis/tests", order)
                #expect(started.status == 202)
                let path = try #require(started.header("location"))
                #expect(started.json["links"]?["self"] == .string(path))
                let stream = try await watch(otto, started.json)
                #expect(stream.header("content-type") == "text/event-stream")
                let events = try Event.parse(stream.body)
                let steps = events.filter { $0.name == "step" }
                let outcomes = events.filter { $0.name == "outcome" }
                #expect(steps.contains { $0.data["name"] == "connect" })
                #expect(steps.allSatisfy { $0.data["number"]?.number.map(String.init) == $0.id })
                #expect(outcomes.last?.data["status"] == "failed")
                let ended = try await otto.get(path)
                #expect(ended.json["outcome"] == "failed")
                #expect(ended.json["verdict"]?["code"] == "tcp.refused")
                #expect(ended.json["steps"]?.elements == steps.map(\.data))
                #expect(ended.json["profile"] == JSON.null)
                #expect(ended.json["person"] == "otto (token of otto)")
                let again = try await otto.get(
                    path + "/events",
                    [("Last-Event-ID", try #require(steps.first?.id))]
                )
                let rest = try Event.parse(again.body).filter { $0.name == "step" }
                #expect(rest.map(\.id) == steps.dropFirst().map(\.id))
                #expect(!(try scene.state()).contains("profile|"))
            }
        }
    }

    @Test func `an edit is tested with the credentials that are stored, where they belong`()
        async throws
    {
        try await withAPI { scene in
            let otto = try await scene.program(.otto)
            let id = try await Furniture.makeProfile(otto, "borealis")
            let plain = Furniture.profile.without("username").without("password")
            let path = "/api/v1/t/borealis/tests"
            func order(_ settings: JSON) -> JSON {
                ["kind": "connection", "profile": .string(id), "settings": settings]
            }
            let here = try await otto.post(path, order(plain.with("timeoutSeconds", 9)))
            #expect(here.status == 202, "\(here.body)")
            #expect(here.json["profile"] == .string(id))
            let elsewhere = try await otto.post(path, order(plain.with("host", "127.0.0.2")))
            #expect(
                elsewhere.fields == ["password destinationChanged", "username destinationChanged"]
            )
        }
    }

    @Test func `the platform's relay stays hidden from its tenants`() async throws {
        try await withAPI { scene in
            try await scene.working {
                let ada = try await scene.program(.ada)
                let order: JSON = [
                    "kind": "send", "recipient": "ada@acme.example",
                    "branding": ["fromAddress": "no-reply@acme.example"],
                ]
                let started = try await ada.post("/api/v1/t/acme/tests", order)
                #expect(started.status == 202, "\(started.body)")
                let stream = try await watch(ada, started.json)
                let path = try #require(started.header("location"))
                let ended = try await ada.get(path)
                #expect(ended.json["status"] == "failed")
                #expect(ended.json["destination"] == "the platform's relay")
                #expect(ended.json["reproduction"] == [])
                let list = try await ada.get("/api/v1/t/acme/tests")
                for body in [started.body, stream.body, ended.body, list.body] {
                    #expect(!body.contains("127.0.0.1"))
                    #expect(!body.contains("platform's own password"))
                }
            }
        }
    }

    @Test func `the log is filtered and turned page by page`() async throws {
        try await withAPI { scene in
            let otto = try await scene.program(.otto)
            let path = "/api/v1/t/borealis/tests"
            var ids: [String] = []
            for number in 0..<53 {
                let settings = Furniture.profile.with("name", .string("Trial \(number)"))
                let order: JSON = [
                    "kind": "send", "recipient": .string("r\(number % 2)@b.example"),
                    "settings": settings,
                ]
                let started = try await otto.post(path, order)
                ids.append(try #require(started.json["id"]?.text, "\(started.body)"))
            }
            let first = try await otto.get(path + "?person=OTTO&status=queued")
            let more = try #require(first.json["next"]?.text)
            #expect(more.hasPrefix(path + "?person=OTTO&status=queued&before="))
            let second = try await otto.get(more)
            #expect(second.json["next"] == JSON.null)
            let found = [first, second].flatMap { $0.json["tests"]?.elements ?? [] }
            #expect(found.compactMap { $0["id"]?.text } == ids.reversed())
            let some = try await otto.get(path + "?recipient=R1%40b&profile=trial%201")
            #expect(
                some.json["tests"]?.elements?.compactMap { $0["profileName"]?.text }
                    == ["Trial 19", "Trial 17", "Trial 15", "Trial 13", "Trial 11", "Trial 1"]
            )
            let none = try await otto.get(path + "?code=tls&from=2026-11-21T10:00:00Z")
            #expect(none.json["tests"] == [])
        }
    }

    @Test func `over the limit the answer says when to come back, and a cancelled test makes room`()
        async throws
    {
        try await withAPI(limits: TestLimits(unfinished: 1, perHour: 30)) { scene in
            let otto = try await scene.program(.otto)
            let order: JSON = ["kind": "connection", "settings": Furniture.profile]
            let path = "/api/v1/t/borealis/tests"
            let first = try await otto.post(path, order)
            #expect(first.status == 202)
            let refused = try await otto.post(path, order)
            #expect(refused.status == 429)
            #expect(refused.code == "tests.tooManyUnfinished")
            #expect(refused.header("retry-after") == "10")
            let cancel = try #require(first.json["links"]?["cancel"]?.text)
            let cancelled = try await otto.post(cancel)
            #expect(cancelled.json["status"] == "cancelled")
            #expect(try await otto.post(path, order).status == 202)
        }
    }

    @Test func `a stream ends when its token is revoked`() async throws {
        try await withAPI { scene in
            let otto = try await scene.program(.otto)
            let order: JSON = ["kind": "connection", "settings": Furniture.profile]
            let started = try await otto.post("/api/v1/t/borealis/tests", order)
            let id = try #require(started.json["id"]?.text)
            async let stream = watch(otto, started.json)
            // Nobody runs the test: only the end of the token can end the stream.
            try scene.home.arrange("UPDATE api_tokens SET revoked_at = now()")
            let cleo = try await scene.program(.cleo)
            var isEnded = false
            while !isEnded {
                try scene.home.arrange("SELECT pg_notify('sendproof_tests', '\(id)')")
                _ = try await cleo.get("/api/v1")
                isEnded = scene.log.text.contains("token.revoked")
            }
            #expect([200, 401].contains(try await stream.status))
        }
    }
}

/// One Server-Sent Event.
private struct Event {
    let name: String
    let id: String?
    let data: JSON

    static func parse(_ text: String) throws -> [Event] {
        try text.components(separatedBy: "\n\n").compactMap { block in
            let lines = block.components(separatedBy: "\n")
            func value(_ name: String) -> String? {
                let line = lines.first { $0.hasPrefix(name + ": ") }
                return line.map { String($0.dropFirst(name.count + 2)) }
            }
            guard let name = value("event"), let data = value("data") else { return nil }
            return Event(
                name: name,
                id: value("id"),
                data: try JSON(parsing: Array(data.utf8))
            )
        }
    }
}
