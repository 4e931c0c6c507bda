import Foundation
import Postgres
import TestSupport
import Testing

/// The list of messages, what stands above it, and where else the product speaks of it.
@Suite(.timeLimit(.minutes(2))) struct DeliveryLogTests {
    private static let page = "/t/borealis/deliveries"

    @Test func `an empty log says how systems hand messages over`() async throws {
        try await withConsole { scene in
            try PlacedMessage(subject: "Of Cassini").place(in: scene, "cassini")
            for (somebody, slug) in [(Somebody.otto, "borealis"), (.ada, "acme")] {
                let visitor = try await scene.visitor(somebody)
                let shown = try await visitor.get("/t/\(slug)/deliveries")
                #expect(shown.status == 200)
                #expect(shown.body.contains("No message was handed over yet."))
                #expect(!shown.body.contains("Of Cassini"))
                let example = try #require(shown.text(after: #"id="example">"#, before: "</pre>"))
                #expect(
                    example.contains("http://127.0.0.1:\(scene.port)/api/v1/t/\(slug)/messages")
                )
                #expect(example.contains("$SENDPROOF_TOKEN") && !example.contains("sp_"))
                #expect(shown.body.contains(#"<details class="card guide" open>"#))
                #expect(shown.body.contains(#"href="/account""#))
                #expect(shown.body.contains(#"href="/api/v1/openapi.json""#))
                #expect(try await visitor.get("/t/\(slug)").body.contains(">Deliveries</a>"))
                #expect(!shown.body.contains("Try all now"))
            }
        }
    }

    @Test func `the log says each status in words, with recipients, attempts and the next one`()
        async throws
    {
        try await withConsole { scene in
            let others = ["b@customer.example", "c@customer.example"]
            try PlacedMessage(
                subject: "Delayed",
                recipients: ["ada@customer.example"] + others,
                event: "backup.finished",
                attempts: 3,
                trace: .refused(),
                delay: "1 hour"
            ).place(in: scene, "borealis")
            try PlacedMessage(subject: "", isRunning: true).place(in: scene, "borealis")
            for outcome in Self.words.keys {
                try PlacedMessage(outcome: outcome, attempts: 1).place(in: scene, "borealis")
            }
            let body = try await scene.visitor(.otto).get(Self.page).body
            for words in Self.words.values { #expect(body.contains("</svg>\(words)<"), "\(words)") }
            #expect(body.contains("</svg>Waiting to retry<"))
            #expect(body.contains("</svg>Being sent<") && body.contains("(no subject)"))
            #expect(body.contains("ada@customer.example and 2 more"))
            #expect(body.contains("backup.finished") && body.contains("smtp.recipient.rejected"))
            #expect(body.contains(#"class="number">3</td>"#) && body.contains("next at <time"))
            #expect(
                body.contains(
                    "2 messages wait; 1 of them for a later attempt, the next at <time"
                )
            )
            #expect(body.contains("data-watching"))
            #expect(!body.lowercased().contains(">delivered"))
        }
    }

    private static let words = [
        "accepted": "Accepted by server", "acceptedInPart": "Accepted in part",
        "failed": "Failed", "expired": "Expired", "outcomeUnknown": "Outcome unknown",
        "cancelled": "Cancelled",
    ]

    @Test(arguments: [
        ("status=failed", "Refused one"), ("status=queued", "Waiting one"),
        ("recipient=CARL%40", "Refused one"), ("subject=waiting", "Waiting one"),
        ("event=user.invited", "Waiting one"), ("code=smtp.recip", "Refused one"),
        ("from=2026-01-01T00%3A00", "Waiting one"), ("until=2026-01-01T00%3A00", "Old one"),
        ("status=failed&recipient=carl&code=smtp", "Refused one"),
    ])
    func `each filter finds its message and leaves another out`(
        _ query: String,
        _ found: String
    ) async throws {
        try await withConsole { scene in
            try PlacedMessage(subject: "Waiting one", event: "user.invited")
                .place(in: scene, "borealis")
            try PlacedMessage(
                subject: "Refused one",
                recipients: ["carl@customer.example"],
                event: "user.invited.again",
                outcome: "failed",
                attempts: 1,
                trace: .refused()
            ).place(in: scene, "borealis")
            try PlacedMessage(subject: "Old one", outcome: "accepted", age: "20 years")
                .place(in: scene, "borealis")
            let body = try await scene.visitor(.vera).get("\(Self.page)?\(query)").body
            #expect(body.contains("<bdi>\(found)</bdi>"))
            let missing = query.hasPrefix("until") ? "Waiting one" : "Old one"
            #expect(!body.contains("<bdi>\(missing)</bdi>"))
            #expect(body.contains(">Clear</a>"))
        }
    }

    @Test func `a filter that is none is said beside its field, and keeps what was typed`()
        async throws
    {
        try await withConsole { scene in
            try PlacedMessage().place(in: scene, "borealis")
            let otto = try await scene.visitor(.otto)
            let wrong = try await otto.get(
                "\(Self.page)?from=yesterday&status=lost&subject=%3Cb%3E"
            )
            #expect(wrong.status == 422)
            #expect(wrong.body.contains(##"href="#from""##))
            #expect(wrong.body.contains(##"href="#status""##))
            #expect(wrong.body.contains(#"value="&lt;b&gt;""#))
            #expect(wrong.body.contains("Correct the filter"))
            #expect(!wrong.body.contains("Backup finished</bdi>"))
            let nothing = try await otto.get("\(Self.page)?subject=nobody").body
            #expect(nothing.contains("No message matches the filter."))
        }
    }

    @Test func `a long log has pages, which keep the filter`() async throws {
        try await withConsole { scene in
            for number in 1...51 {
                try PlacedMessage(
                    subject: "Number \(number).",
                    event: "counted",
                    outcome: "accepted",
                    age: "\(number) minutes"
                ).place(in: scene, "borealis")
            }
            try PlacedMessage(subject: "Uncounted", outcome: "accepted", age: "3 hours")
                .place(in: scene, "borealis")
            let otto = try await scene.visitor(.otto)
            let first = try await otto.get("\(Self.page)?event=counted")
            #expect(first.body.contains("Number 50.") && !first.body.contains("Number 51."))
            let older = try #require(
                first.text(after: #"class="button small" href=""#, before: "\"")
            ).replacing("&amp;", with: "&")
            let second = try await otto.get(older).body
            #expect(second.contains("Number 51.") && !second.contains("Number 50."))
            #expect(!second.contains("Uncounted"))
            #expect(second.contains(#"href="\#(Self.page)?event=counted" rel="prev""#))
        }
    }

    @Test func `everything that waits is tried now, and the count is said`() async throws {
        try await withConsole { scene in
            for _ in 1...2 {
                try PlacedMessage(attempts: 1, delay: "1 hour").place(in: scene, "borealis")
            }
            try PlacedMessage(attempts: 1, delay: "1 hour").place(in: scene, "cassini")
            let vera = try await scene.visitor(.vera)
            #expect(try await !vera.get(Self.page).body.contains("Try all now"))
            #expect(try await vera.post(Self.page + "/try").status == 403)
            let otto = try await scene.visitor(.otto)
            #expect(try await otto.get(Self.page).body.contains("Try all now"))
            #expect(try await otto.post(Self.page + "/try", csrf: nil).status == 403)
            let tried = try await otto.post(Self.page + "/try")
            #expect(tried.status == 303)
            let next = try #require(tried.header("location"))
            #expect(try await otto.get(next).body.contains("2 messages are tried now"))
            let again = try await otto.post(Self.page + "/try").header("location")
            #expect(
                try await otto.get(#require(again)).body
                    .contains("No message waited for another attempt.")
            )
            #expect(
                try await otto.get(Self.page + "?notice=triedAll.1%3Cb%3E").body
                    .contains("tried now") == false
            )
            let due = try BlockingConnection(scene.home.administrator).query(
                "SELECT count(*)::text FROM jobs WHERE run_after <= now()"
            )
            #expect(due == [["2"]])
            #expect(
                try await otto.get("/t/borealis/audit").body
                    .contains("Asked for another attempt of all messages that wait")
            )
        }
    }

    @Test func `the overview speaks of mail that waits or failed, and the search finds the page`()
        async throws
    {
        try await withConsole { scene in
            let otto = try await scene.visitor(.otto)
            let link = "See deliveries"
            try PlacedMessage().place(in: scene, "borealis")
            try PlacedMessage(outcome: "failed", age: "2 days").place(in: scene, "borealis")
            #expect(try await !otto.get("/t/borealis").body.contains(link))
            try PlacedMessage(attempts: 1, delay: "1 hour").place(in: scene, "borealis")
            let delayed = try await otto.get("/t/borealis").body
            #expect(delayed.contains("1 message waits for a later attempt, the next at <time"))
            try PlacedMessage(outcome: "outcomeUnknown").place(in: scene, "borealis")
            let body = try await otto.get("/t/borealis").body
            #expect(body.contains("1 message was not sent to everybody in the last 24 hours."))
            #expect(body.contains(#"<a href="\#(Self.page)">\#(link)</a>"#))
            for word in ["deliveries", "queue", "outgoing+mail", "retry"] {
                let found = try await otto.get("/t/borealis/search?q=\(word)").body
                #expect(found.contains(#"<a href="\#(Self.page)">Deliveries"#), "\(word)")
            }
        }
    }
}
