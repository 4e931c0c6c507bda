import API
import Foundation
import SMTP
import TestSupport
import Testing

/// Messages handed over by programs; they wait, unless a worker runs.
@Suite(.timeLimit(.minutes(5))) struct MessageCallTests {
    private static let list = "/api/v1/t/borealis/messages"
    private static let canary = "s3cret-Words-Of-The-Message"

    private static let message: JSON = [
        "to": ["Ada Lovelace <ada@customer.example>"], "bcc": ["archive@borealis.example"],
        "subject": "Backup finished", "text": "s3cret-Words-Of-The-Message\n",
        "html": "<p>s3cret-Words-Of-The-Message</p>", "event": "backup.finished",
    ]

    /// Otto, whose tenant has an active profile.
    private static func sender(_ scene: APIScene) async throws -> Program {
        let otto = try await scene.program(.otto)
        try await activate(otto, "borealis")
        return otto
    }

    private static func activate(_ program: Program, _ slug: String) async throws {
        let id = try await Furniture.makeProfile(program, slug)
        let path = "/api/v1/t/\(slug)/email/profiles/\(id)/activation"
        try #require(try await program.post(path).status == 200)
    }

    @Test func `a message waits in the log, and its content is in no answer and no log line`()
        async throws
    {
        try await withAPI { scene in
            let otto = try await Self.sender(scene)
            let audit = try await otto.get("/api/v1/t/borealis/audit").json["events"]
            let sent = try await otto.post(Self.list, Self.message)
            #expect(sent.status == 202, "\(sent.body)")
            let path = try #require(sent.header("location"))
            let id = try #require(sent.json["id"]?.text)
            #expect(path == "\(Self.list)/\(id)")
            #expect(sent.json["links"]?["self"] == .string(path))
            #expect(sent.json["status"] == "queued")
            #expect(sent.json["subject"] == "Backup finished")
            #expect(sent.json["event"] == "backup.finished")
            #expect(sent.json["requestedBy"] == "otto (token of otto)")
            #expect(sent.json["messageID"] == .string("<\(id)@borealis.example>"))
            #expect(
                sent.json["recipients"] == ["ada@customer.example", "archive@borealis.example"]
            )
            let decided = sent.json["decided"]?.elements ?? []
            #expect(decided.compactMap { $0["outcome"]?.text } == ["undecided", "undecided"])
            #expect(sent.json["attempts"] == 0)
            #expect(sent.json["attemptLog"] == [])
            #expect(sent.json["nextAttemptAt"]?.text != nil)
            let read = try await otto.get(path)
            #expect(read.json == sent.json)
            // The log is the record of messages; the audit trail is of what people decide.
            #expect(try await otto.get("/api/v1/t/borealis/audit").json["events"] == audit)
            let cancelled = try await otto.post(path + "/cancel")
            #expect(cancelled.status == 200)
            #expect(cancelled.json["status"] == "cancelled")
            #expect(cancelled.json["finishedAt"]?.text != nil)
            #expect(cancelled.json["nextAttemptAt"] == JSON.null)
            let after = try await otto.get(path)
            let all = try await otto.get(Self.list)
            for verb in ["cancel", "retry"] {
                let late = try await otto.post("\(path)/\(verb)")
                #expect(late.status == 409)
                #expect(late.code == "messages.notWaiting")
            }
            for reply in [sent, read, cancelled, after, all] {
                #expect(!reply.body.contains(Self.canary))
            }
            #expect(!scene.log.text.contains(Self.canary))
            let trail = try await otto.get("/api/v1/t/borealis/audit")
            #expect(trail.body.contains("delivery.cancelled"))
        }
    }

    @Test func `a call that is made again with its key makes one message`() async throws {
        try await withAPI { scene in
            let otto = try await Self.sender(scene)
            let key = [("Idempotency-Key", "backup 2026-11-21")]
            let first = try await otto.post(Self.list, Self.message, key)
            #expect(first.status == 202)
            let again = try await otto.post(Self.list, Self.message, key)
            #expect(again.status == 200)
            #expect(again.json == first.json)
            #expect(again.header("location") == first.header("location"))
            let other = try await otto.post(Self.list, Self.message.with("text", "Other"), key)
            #expect(other.status == 422)
            #expect(other.code == "messages.keyReused")
            let longest = [("Idempotency-Key", String(repeating: "~", count: 255))]
            #expect(try await otto.post(Self.list, Self.message, longest).status == 202)
            // Keys are each tenant's own.
            let cleo = try await scene.program(.cleo)
            try await Self.activate(cleo, "cassini")
            let theirs = try await cleo.post("/api/v1/t/cassini/messages", Self.message, key)
            #expect(theirs.status == 202)
            #expect(theirs.json["id"] != first.json["id"])
            let all = try await otto.get(Self.list)
            #expect(all.json["messages"]?.elements?.count == 2)
        }
    }

    @Test func `a key that is none is refused, and nothing is kept`() async throws {
        try await withAPI { scene in
            let otto = try await Self.sender(scene)
            let before = try scene.state()
            let wrong: [[(String, String)]] = [
                [("Idempotency-Key", "")], [("Idempotency-Key", "ü")],
                [("Idempotency-Key", "a\tb")],
                [("Idempotency-Key", String(repeating: "k", count: 256))],
                [("Idempotency-Key", "a"), ("idempotency-key", "b")],
                [("Idempotency-Key", "a"), ("Idempotency-Key", "ü")],
            ]
            for headers in wrong {
                let reply = try await otto.post(Self.list, Self.message, headers)
                #expect(reply.status == 400, "\(headers)")
                #expect(reply.code == "messages.keyMalformed", "\(headers)")
            }
            #expect(try scene.state() == before)
        }
    }

    @Test func `what cannot be sent is refused with everything that is wrong`() async throws {
        let long = String(repeating: "a", count: 512 * 1024 + 1)
        let many = JSON.array(Array(repeating: "a@b.example", count: 101))
        let cases: [(JSON, [String])] = [
            ([:], ["subject required", "text required", "to required"]),
            (
                [
                    "to": "ada@b.example", "cc": [1], "subject": 1, "text": nil, "html": ["a"],
                    "notifyCc": "yes", "from": "eve@e.example", "headers": [],
                ],
                [
                    "cc type", "from unknown", "headers unknown", "html type", "notifyCc type",
                    "subject type", "text type", "to type",
                ]
            ),
            (
                Self.message.with("to", ["ada@b.example", "ada"]).with("colour", "red")
                    .with("cc", ["a@b.example;c@d.example"]).with("replyTo", ["<>"]),
                ["cc[0] address", "colour unknown", "replyTo[0] address", "to[1] address"]
            ),
            (
                Self.message.with("to", ["ada@b.example\r\nRCPT TO:<eve@e.example>"])
                    .with("bcc", ["Ada\r\nX: y <ada@b.example>"])
                    .with("subject", "Hello\r\nBcc: eve@e.example").with("event", "a\r\nb"),
                ["bcc[0] address", "event control", "subject control", "to[0] address"]
            ),
            (
                Self.message.with("text", "a\u{0}b").with("html", "a\u{8}b")
                    .with("event", .string(String(repeating: "e", count: 65)))
                    .with("subject", .string(String(repeating: "s", count: 999))),
                ["event tooLong", "html control", "subject tooLong", "text control"]
            ),
            (Self.message.with("cc", many), ["to tooMany"]),
            (Self.message.with("text", .string(long)), ["text tooLong"]),
        ]
        try await withAPI { scene in
            let otto = try await Self.sender(scene)
            let before = try scene.state()
            for (body, fields) in cases {
                let reply = try await otto.post(Self.list, body)
                #expect(reply.status == 422, "\(fields)")
                #expect(reply.fields == fields, "\(reply.body)")
            }
            #expect(try scene.state() == before)
            let longest = String(repeating: "a", count: 512 * 1024)
            let fits = try await otto.post(Self.list, Self.message.with("text", .string(longest)))
            #expect(fits.status == 202)
            for (size, status) in [(1 << 20, 202), ((1 << 20) + 1, 413)] {
                let space = Array(repeating: UInt8(ascii: " "), count: size)
                let body = Self.message.bytes + space.dropFirst(Self.message.bytes.count)
                let type = [("Content-Type", "application/json")]
                let reply = try await otto.send("POST", Self.list, type, body: body)
                #expect(reply.status == status)
            }
        }
    }

    @Test func `without an active profile or a branding nothing is taken in`() async throws {
        try await withAPI { scene in
            let otto = try await scene.program(.otto)
            _ = try await Furniture.makeProfile(otto, "borealis")
            let ada = try await scene.program(.ada)
            let cloud = "/api/v1/t/acme/messages"
            for (program, path) in [(otto, Self.list), (ada, cloud)] {
                let reply = try await program.post(path, Self.message)
                #expect(reply.status == 409)
                #expect(reply.code == "messages.noSender")
            }
            let branding = "/api/v1/t/acme/email/branding"
            #expect(try await ada.put(branding, Furniture.branding).status == 200)
            let sent = try await ada.post(cloud, Self.message)
            #expect(sent.status == 202)
            #expect(sent.json["messageID"]?.text?.hasSuffix("@acme.example>") == true)
        }
    }

    @Test func `over the limit the answer says when to come back, and a cancelled one makes room`()
        async throws
    {
        try await withAPI(waiting: 1) { scene in
            let otto = try await Self.sender(scene)
            let first = try await otto.post(Self.list, Self.message)
            let refused = try await otto.post(Self.list, Self.message)
            #expect(refused.status == 429)
            #expect(refused.code == "messages.tooManyWaiting")
            #expect(refused.header("retry-after") == "60")
            let cancel = try #require(first.json["links"]?["cancel"]?.text)
            #expect(try await otto.post(cancel).status == 200)
            #expect(try await otto.post(Self.list, Self.message).status == 202)
        }
    }

    @Test func `the log of messages is filtered and turned page by page`() async throws {
        try await withAPI { scene in
            let otto = try await Self.sender(scene)
            var ids: [String] = []
            for number in 0..<53 {
                let message = Self.message.with("subject", .string("Trial \(number)"))
                    .with("to", [.string("R\(number % 2)@b.example")])
                    .with("event", number == 7 ? "seven" : "other")
                let sent = try await otto.post(Self.list, message)
                ids.append(try #require(sent.json["id"]?.text, "\(sent.body)"))
            }
            let first = try await otto.get(Self.list + "?subject=TRIAL&status=queued")
            let more = try #require(first.json["next"]?.text)
            #expect(more.hasPrefix(Self.list + "?subject=TRIAL&status=queued&before="))
            let second = try await otto.get(more)
            #expect(second.json["next"] == JSON.null)
            let found = [first, second].flatMap { $0.json["messages"]?.elements ?? [] }
            #expect(found.compactMap { $0["id"]?.text } == ids.reversed())
            let some = try await otto.get(Self.list + "?recipient=r1%40b&subject=trial%201")
            #expect(
                some.json["messages"]?.elements?.compactMap { $0["subject"]?.text }
                    == ["Trial 19", "Trial 17", "Trial 15", "Trial 13", "Trial 11", "Trial 1"]
            )
            let seven = try await otto.get(Self.list + "?event=seven")
            #expect(seven.json["messages"]?.elements?.compactMap { $0["id"]?.text } == [ids[7]])
            for query in ["code=tls", "until=2026-01-01T00:00:00Z", "status=failed", "event=sev"] {
                let none = try await otto.get("\(Self.list)?\(query)")
                #expect(none.json["messages"] == [], "\(query)")
            }
            let wrong = try await otto.get(
                Self.list + "?status=green&from=yesterday&before=1&person=otto"
            )
            #expect(wrong.status == 422)
            #expect(wrong.fields == ["person unknown"])
            let values = try await otto.get(Self.list + "?status=green&from=yesterday&before=1")
            #expect(values.fields == ["before form", "from filter", "status filter"])
        }
    }

    @Test func `messages that wait for later are tried at once on request`() async throws {
        try await withAPI { scene in
            let otto = try await Self.sender(scene)
            var ids: [String] = []
            for _ in 0..<3 {
                let sent = try await otto.post(Self.list, Self.message)
                ids.append(try #require(sent.json["id"]?.text))
            }
            try scene.home.arrange(
                "UPDATE jobs SET run_after = now() + interval '1 hour' WHERE kind = 'delivery'"
            )
            let waiting = try await otto.get("\(Self.list)/\(ids[0])")
            let later = try #require(waiting.json["nextAttemptAt"]?.text)
            let retried = try await otto.post("\(Self.list)/\(ids[0])/retry")
            #expect(retried.status == 202)
            let now = try #require(retried.json["nextAttemptAt"]?.text)
            #expect(now < later)
            let cleo = try await scene.program(.cleo)
            let theirs = try await cleo.post("/api/v1/t/cassini/messages/retry")
            #expect(theirs.json == ["count": 0])
            let all = try await otto.post(Self.list + "/retry")
            #expect(all.status == 202)
            #expect(all.json == ["count": 2])
        }
    }

    @Test func `another tenant's message is not there, and each permission opens its own calls`()
        async throws
    {
        try await withAPI { scene in
            let otto = try await Self.sender(scene)
            let cleo = try await scene.program(.cleo)
            let sent = try await otto.post(Self.list, Self.message)
            let id = try #require(sent.json["id"]?.text)
            let reader = scene.program(try await scene.token(.otto, ["logs.read"]))
            let sender = scene.program(try await scene.token(.otto, ["email.send"]))
            let before = try scene.state()
            for base in ["/api/v1/t/cassini/messages", Self.list] {
                let replies = [
                    try await cleo.get("\(base)/\(id)"),
                    try await cleo.post("\(base)/\(id)/cancel"),
                    try await cleo.post("\(base)/\(id)/retry"),
                ]
                #expect(replies.map(\.status) == [404, 404, 404])
            }
            #expect(try await otto.get(Self.list + "/nothing").status == 404)
            for path in ["", "/retry", "/\(id)/cancel", "/\(id)/retry"] {
                let refused = try await reader.post(Self.list + path, Self.message)
                #expect(refused.status == 403)
                #expect(refused.json["permission"] == "email.send")
            }
            #expect(try scene.state() == before)
            #expect(try await reader.get("\(Self.list)/\(id)").status == 200)
            #expect(try await sender.post(Self.list, Self.message).status == 202)
            for path in [Self.list, "\(Self.list)/\(id)"] {
                let refused = try await sender.get(path)
                #expect(refused.json["permission"] == "logs.read")
            }
        }
    }

    @Test func `attempts have their whole traces, and the platform's relay stays hidden`()
        async throws
    {
        try await withAPI { scene in
            let otto = try await Self.sender(scene)
            let ada = try await scene.program(.ada)
            let branding = "/api/v1/t/acme/email/branding"
            #expect(try await ada.put(branding, Furniture.branding).status == 200)
            try await scene.delivering {
                let read = try await Self.tried(otto, Self.list, scene)
                #expect(read.json["status"] == "queued")
                #expect(read.json["nextAttemptAt"]?.text != nil)
                #expect(read.json["code"] == "tcp.refused")
                #expect(read.json["profile"]?.text != nil)
                #expect(read.json["profileName"] == "Main")
                #expect(read.json["addresses"]?.elements?.first?["address"] == "127.0.0.1")
                #expect(read.json["decided"]?.elements?.first?["outcome"] == "undecided")
                let attempt = try #require(read.json["attemptLog"]?.elements?.first)
                #expect(attempt["number"] == 1)
                let trace = try #require(attempt["trace"])
                #expect(trace["kind"] == "send")
                #expect(trace["verdict"] == read.json["verdict"])
                let connect = trace["steps"]?.elements?.first { $0["name"] == "connect" }
                #expect(connect?["status"] == "failed")

                let hidden = try await Self.tried(ada, "/api/v1/t/acme/messages", scene)
                #expect(hidden.json["code"] == "tcp.refused")
                #expect(hidden.json["attemptLog"]?.elements?.count == 1)
                for reply in [read, hidden] {
                    #expect(!reply.body.contains(Self.canary))
                    #expect(!reply.body.contains(Furniture.secret))
                }
                for text in ["127.0.0.1", "platform's own password"] {
                    #expect(!hidden.body.contains(text))
                }
            }
        }
    }

    /// Hands a message over, and reads it when the first attempt has ended.
    private static func tried(
        _ program: Program,
        _ list: String,
        _ scene: APIScene
    ) async throws -> Reply {
        let sent = try await program.post(list, message)
        let id = try #require(sent.json["id"]?.text, "\(sent.body)")
        while !(try scene.state()).contains("message|\(id)||1|") { await Task.yield() }
        return try await program.get("\(list)/\(id)")
    }

    @Test func `what has been decided is said for each recipient`() async throws {
        try await withAPI { scene in
            let otto = try await Self.sender(scene)
            let sent = try await otto.post(Self.list, Self.message)
            let path = try #require(sent.header("location"))
            try scene.home.arrange(
                """
                UPDATE messages SET decided = '[{"recipient": "archive@borealis.example",
                    "outcome": "refused", "code": 550, "enhanced": "5.1.1"}]'
                """
            )
            let read = try await otto.get(path)
            let undecided: JSON = [
                "recipient": "ada@customer.example", "outcome": "undecided", "code": nil,
                "enhanced": nil,
            ]
            let refused: JSON = [
                "recipient": "archive@borealis.example", "outcome": "refused", "code": 550,
                "enhanced": "5.1.1",
            ]
            #expect(read.json["decided"] == [undecided, refused])
        }
    }
}
