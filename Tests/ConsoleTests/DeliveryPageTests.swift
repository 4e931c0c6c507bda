import Foundation
import Postgres
import TestSupport
import Testing

/// The page of one message.
@Suite(.timeLimit(.minutes(2))) struct DeliveryPageTests {
    private func page(_ id: String, _ slug: String = "borealis") -> String {
        "/t/\(slug)/deliveries/\(id)"
    }

    @Test func `a message that waits shows its verdict, its recipients and every attempt`()
        async throws
    {
        try await withConsole { scene in
            let otto = try await scene.visitor(.otto)
            let profile = try await Furniture.makeProfile(otto, "borealis")
            let id = try PlacedMessage(
                recipients: ["ada@customer.example", "b@customer.example", "c@customer.example"],
                event: "backup.finished",
                attempts: 2,
                trace: .refused(),
                profile: profile,
                decided: [
                    ("ada@customer.example", "accepted", 250),
                    ("b@customer.example", "refused", 550),
                    ("c@customer.example", "undecided", 450),
                ],
                delay: "1 hour"
            ).place(in: scene, "borealis")
            let body = try await otto.get(page(id)).body
            #expect(
                body.contains("Tried 2 times. It is tried again by itself. Next attempt: <time")
            )
            #expect(body.contains("The server refused: no such user"))
            #expect(body.contains("The mail server&#39;s administrator"))
            let form = "/t/borealis/email/profiles/\(profile)"
            #expect(body.contains(##"href="\##(form)/edit#host">Change “Host”"##))
            #expect(body.contains(#"<a href="\#(form)">Main</a>"#))
            let rows = try #require(body.range(of: #"id="recipients""#)).upperBound
            let table = body[rows...]
            for words in ["Accepted by server", "Refused", ">550<", "Not decided yet", ">450<"] {
                #expect(table.contains(words), "\(words)")
            }
            #expect(body.contains("&lt;\(id)@borealis.example&gt;</code>"))
            #expect(body.contains(#"data-copy="message-id""#))
            // The newest attempt comes first and is open; the ids of steps are unique.
            let newest = try #require(body.range(of: "Attempt 2</strong>"))
            let oldest = try #require(body.range(of: "Attempt 1</strong>"))
            #expect(newest.lowerBound < oldest.lowerBound)
            let open = "<details open>\n<summary class=\"attempt"
            #expect(body.components(separatedBy: open).count == 2)
            #expect(body.contains(#"id="step-2-1""#) && body.contains(#"id="step-1-1""#))
            #expect(body.contains("550 5.1.1 no such user"))
            #expect(body.contains("Never shown") && !body.contains("sealed"))
            // A message that waits for an hour is not looked at every three seconds.
            #expect(body.contains("data-watching") && !body.contains("http-equiv"))
            // The link of a profile that is gone is gone with it.
            try scene.home.arrange("DELETE FROM email_profiles")
            let after = try await otto.get(page(id)).body
            #expect(!after.contains(form) && after.contains("<dd>Main</dd>"))
        }
    }

    @Test(arguments: [
        ("accepted", "The server accepted the message for ada@customer.example as 4X1"),
        ("acceptedInPart", "The server accepted the message for 1 of 1 recipients as 4X1"),
        ("failed", "It was refused for good"),
        ("expired", "within the time that messages are tried"),
        ("outcomeUnknown", "it is not sent again by itself. Look for its Message-ID"),
        ("cancelled", "the server had accepted it for 1 of 1 recipients"),
    ])
    func `an end is said exactly, and leaves nothing to press`(
        _ outcome: String,
        _ words: String
    ) async throws {
        try await withConsole { scene in
            let id = try PlacedMessage(
                outcome: outcome,
                attempts: 1,
                queueID: "4X1",
                decided: [("ada@customer.example", "accepted", 250)]
            ).place(in: scene, "borealis")
            let otto = try await scene.visitor(.otto)
            let body = try await otto.get(page(id)).body
            #expect(body.contains(words))
            #expect(!body.contains("Try now") && !body.contains("Cancel this message"))
            #expect(!body.contains("data-watching"))
            let claims = body.replacing("accepted does not mean delivered", with: "")
            #expect(!claims.contains("delivered"))
            for change in ["/try", "/cancel"] {
                let refused = try await otto.post(page(id) + change)
                #expect(refused.status == 409)
                #expect(refused.body.contains("This message does not wait"))
                #expect(refused.body.contains(#"href="\#(page(id))">Back to the message"#))
            }
            #expect(try await otto.get(page(id) + "/cancel").status == 409)
        }
    }

    @Test func `a message is tried now, and cancelled after a page that asks`() async throws {
        try await withConsole { scene in
            let id = try PlacedMessage(attempts: 1, delay: "1 hour").place(in: scene, "borealis")
            let otto = try await scene.visitor(.otto)
            for button in ["/try", "/cancel"] {
                #expect(try await otto.post(page(id) + button, csrf: nil).status == 403)
            }
            let tried = try await otto.post(page(id) + "/try")
            #expect(tried.status == 303)
            let due = try await otto.get(#require(tried.header("location"))).body
            #expect(due.contains("Another attempt was asked for."))
            #expect(due.contains("It is due, and waits for a free worker."))
            #expect(due.contains(#"<noscript><meta http-equiv="refresh""#))
            let asked = try await otto.get(page(id) + "/cancel").body
            #expect(asked.contains("Cancel this message?") && asked.contains("Keep it waiting"))
            #expect(try await otto.get(page(id)).body.contains("Try now"))
            let cancelled = try await otto.post(page(id) + "/cancel")
            let ended = try await otto.get(#require(cancelled.header("location"))).body
            #expect(ended.contains("The message is cancelled. Its text is gone."))
            #expect(ended.contains("It was cancelled before a server had it."))
            let rows = try BlockingConnection(scene.home.administrator).query(
                "SELECT outcome, content::text FROM messages UNION ALL SELECT 'job', '' FROM jobs"
            )
            #expect(rows == [["cancelled", nil]])
            let trail = try await otto.get("/t/borealis/audit").body
            #expect(trail.contains("Cancelled the message Backup finished"))
            #expect(trail.contains(#"<a href="\#(page(id))">Asked for another attempt"#))
        }
    }

    @Test func `a message that is being sent is left alone, and says so`() async throws {
        try await withConsole { scene in
            let id = try PlacedMessage(isRunning: true, attempts: 1, trace: .refused())
                .place(in: scene, "borealis")
            let otto = try await scene.visitor(.otto)
            let body = try await otto.get(page(id)).body
            #expect(body.contains("It is being handed over to the server."))
            #expect(!body.contains("Try now") && body.contains(#"http-equiv="refresh""#))
            #expect(body.contains("Not decided yet"))
            let before = try scene.state()
            for change in ["/try", "/cancel"] {
                let refused = try await otto.post(page(id) + change)
                #expect(refused.status == 409)
                #expect(refused.body.contains("it is being sent, or has ended"))
                #expect(refused.body.contains(">Deliveries</a>"))
            }
            #expect(try scene.state() == before)
        }
    }

    @Test func `another tenant and a missing permission are walls`() async throws {
        try await withConsole { scene in
            let id = try PlacedMessage(attempts: 1, delay: "1 hour").place(in: scene, "borealis")
            let cleo = try await scene.visitor(.cleo)
            // A sign-in is a change of its own.
            let vera = try await scene.visitor(.vera)
            let before = try scene.state()
            #expect(try await cleo.get(page(id)).status == 404)
            #expect(try await cleo.get(page(id, "cassini")).status == 404)
            #expect(try await cleo.get(page(id, "cassini") + "/cancel").status == 404)
            for change in ["/try", "/cancel"] {
                #expect(try await cleo.post(page(id) + change).status == 404)
                #expect(try await cleo.post(page(id, "cassini") + change).status == 404)
            }
            #expect(try await cleo.post("/t/cassini/deliveries/try").status == 303)
            let shown = try await vera.get(page(id)).body
            #expect(shown.contains("Waiting for another attempt"))
            #expect(!shown.contains("Try now") && !shown.contains("Cancel this message"))
            #expect(try await vera.get(page(id) + "/cancel").status == 403)
            for change in ["/try", "/cancel"] {
                let refused = try await vera.post(page(id) + change)
                #expect(refused.status == 403 && refused.body.contains("email.send"))
            }
            #expect(try scene.state() == before)
            // Auditors read logs and no profiles.
            let aron = try await scene.visitor(.aron).get(page(id))
            #expect(aron.status == 200 && !aron.body.contains("/email/profiles/"))
        }
    }

    @Test func `what systems and relays say is text on every page`() async throws {
        try await withConsole { scene in
            let payload = #"<script>alert(1)</script>"'><img src=x onerror=alert(2)>{{csrf}}"#
            let short = #""'><b>{{csrf}}</b>"#
            let id = try PlacedMessage(
                subject: payload,
                recipients: [payload],
                event: short,
                requestedBy: payload,
                attempts: 1,
                trace: .refused(payload: payload),
                queueID: payload,
                delay: "1 hour"
            ).place(in: scene, "borealis")
            let otto = try await scene.visitor(.otto)
            #expect(try await otto.post(page(id) + "/try").status == 303)
            for path in [
                "/t/borealis/deliveries", page(id), page(id) + "/cancel", "/t/borealis/audit",
            ] {
                let body = try await otto.get(path).body
                #expect(body.contains("&lt;script&gt;alert(1)"), "\(path)")
                for raw in ["<script>alert", "<img src=x", "<b>", #""'>"#] {
                    #expect(!body.contains(raw), "\(path): \(raw)")
                }
                #expect(body.contains("{{csrf}}"), "\(path)")
            }
        }
    }

    @Test func `a cloud tenant's page names the operators and no profile`() async throws {
        try await withConsole { scene in
            let id = try PlacedMessage(attempts: 1, trace: .refused(field: nil), delay: "1 hour")
                .place(in: scene, "acme")
            let body = try await scene.visitor(.ada).get(page(id, "acme")).body
            #expect(body.contains("The operators of this service"))
            #expect(!body.contains("/email/profiles/"))
            #expect(body.contains("Try now"))
        }
    }
}
