import Foundation
import Testing

/// What the forms say to bad values.
@Suite struct FormErrorTests {
    /// One field, a bad value for it, and whether the form shows what was typed.
    struct BadValue: CustomTestStringConvertible {
        let field: String
        let value: String
        var shows = true
        /// What has to go with it.
        var also: [String: String] = [:]

        var testDescription: String { "\(field) = \(value.prefix(30))" }
    }

    /// At least one for each field that can be wrong.
    static let profile = basic + ProfileTabValues.bad

    private static let basic = [
        BadValue(field: "name", value: ""),
        BadValue(field: "name", value: String(repeating: "n", count: 65)),
        BadValue(field: "name", value: "a\u{7}b", shows: false),
        BadValue(field: "name", value: "a\u{0}b", shows: false),
        BadValue(field: "description", value: String(repeating: "d", count: 501)),
        BadValue(field: "description", value: "a\u{0}b", shows: false),
        BadValue(field: "fromAddress", value: "a\u{0}b@c.example", shows: false),
        BadValue(field: "fromName", value: "a\u{0}b", shows: false),
        BadValue(field: "host", value: "mail\u{0}.example.com", shows: false),
        BadValue(field: "port", value: "2\u{0}5", shows: false),
        BadValue(field: "timeoutSeconds", value: "3\u{0}0", shows: false),
        BadValue(field: "tls", value: "none\u{0}", shows: false),
        BadValue(field: "authentication", value: "plain\u{0}", shows: false),
        BadValue(field: "heloName", value: "app\u{0}.example.com", shows: false),
        BadValue(field: "username", value: "a\u{0}b", shows: false),
        BadValue(field: "password", value: "a\u{0}b", shows: false),
        BadValue(field: "fromAddress", value: ""),
        BadValue(field: "fromAddress", value: "no at sign"),
        BadValue(field: "fromAddress", value: "a@b.example, c@d.example"),
        BadValue(field: "fromAddress", value: "a@b.example\r\nBcc: x@y.example", shows: false),
        BadValue(field: "fromAddress", value: String(repeating: "a", count: 600) + "@b.example"),
        BadValue(field: "fromName", value: String(repeating: "n", count: 129)),
        BadValue(field: "fromName", value: "a\r\nBcc: x@y.example", shows: false),
        BadValue(field: "host", value: "mail.example.com:25"),
        BadValue(field: "host", value: "https://mail.example.com"),
        BadValue(field: "host", value: "2001:db8::25"),
        BadValue(field: "host", value: "a b"),
        BadValue(field: "port", value: "0"),
        BadValue(field: "port", value: "65536"),
        BadValue(field: "port", value: "-1"),
        BadValue(field: "port", value: "25x"),
        BadValue(field: "port", value: "٢٥"),
        BadValue(field: "timeoutSeconds", value: "0"),
        BadValue(field: "timeoutSeconds", value: "256"),
        BadValue(field: "timeoutSeconds", value: "1.5"),
        BadValue(field: "tls", value: "sometimes", shows: false),
        BadValue(field: "authentication", value: "telepathy", shows: false),
        BadValue(field: "heloName", value: "localhost"),
        BadValue(field: "heloName", value: "two words"),
        BadValue(field: "username", value: "a\u{1}b", shows: false),
        BadValue(field: "username", value: "", shows: false),
        BadValue(field: "password", value: "a\r\nb", shows: false),
        BadValue(field: "password", value: "", shows: false),
        BadValue(
            field: "passwordConfirm",
            value: "something else",
            shows: false
        ),
        BadValue(
            field: "recipient",
            value: "nobody",
            also: ["action": "testSend"]
        ),
        BadValue(field: "recipient", value: "", also: ["action": "testSend"]),
    ]

    static let branding = [
        BadValue(field: "fromAddress", value: ""),
        BadValue(field: "fromAddress", value: "no at sign"),
        BadValue(field: "fromAddress", value: "a@b.example\nBcc: x@y.example", shows: false),
        BadValue(field: "fromAddress", value: String(repeating: "a", count: 600) + "@b.example"),
        BadValue(field: "fromName", value: String(repeating: "n", count: 129)),
        BadValue(field: "fromName", value: "\"><script>alert(1)</script>\u{1}", shows: false),
        BadValue(field: "fromAddress", value: "a\u{0}b@c.example", shows: false),
        BadValue(field: "fromName", value: "a\u{0}b", shows: false),
        BadValue(
            field: "recipient",
            value: "a\u{0}b@c.example",
            shows: false,
            also: ["action": "testSend"]
        ),
        BadValue(
            field: "recipient",
            value: "a@b@c",
            also: ["action": "testSend"]
        ),
    ]

    /// The name under which a form sends a field that is not sent under its own.
    private static let sentNames = ["username": "usernameValue", "password": "passwordValue"]

    @Test func `a bad value of a profile is said beside its field`() async throws {
        try await withConsole { scene in
            let otto = try await scene.visitor(.otto)
            for bad in Self.profile {
                try await submit(
                    bad,
                    "/t/borealis/email/profiles/new",
                    Furniture.profile,
                    otto,
                    scene
                )
            }
        }
    }

    @Test func `a bad value of the branding is said beside its field`() async throws {
        try await withConsole { scene in
            let ada = try await scene.visitor(.ada)
            for bad in Self.branding {
                try await submit(bad, "/t/acme/email/branding/edit", Furniture.branding, ada, scene)
            }
        }
    }

    private func submit(
        _ bad: BadValue,
        _ path: String,
        _ valid: [String: String],
        _ visitor: Visitor,
        _ scene: ConsoleScene
    ) async throws {
        let sent = Self.sentNames[bad.field] ?? bad.field
        var fields = valid.merging(bad.also) { $1 }
        fields[sent] = bad.value
        if sent == "passwordValue" { fields["passwordConfirm"] = bad.value }
        let before = try scene.state(withDrafts: false)
        let answer = try await visitor.post(path, fields)
        #expect(answer.status == 422, "\(bad)")
        #expect(try scene.state(withDrafts: false) == before, "\(bad)")
        let links = [bad.field, sent].map { ##"<li><a href="#\##($0)""## }
        #expect(links.contains { answer.body.contains($0) }, "the summary links \(bad)")
        let marks = ["", "Value"].map { #"id="\#(bad.field)\#($0)-error""# }
        #expect(marks.contains { answer.body.contains($0) }, "the message beside \(bad)")
        #expect(answer.body.contains("<title>Error: "), "\(bad)")
        #expect(!answer.body.contains("<script>alert"), "\(bad)")
        guard bad.shows, !bad.value.isEmpty else { return }
        #expect(answer.body.contains(bad.value), "what was typed stays: \(bad)")
        let kept = fields["fromName"] ?? ""
        #expect(answer.body.contains(kept), "the other fields stay: \(bad)")
    }

    @Test func `to replace a credential another one must be typed`() async throws {
        try await withConsole { scene in
            let furniture = try await Furniture.place(in: scene)
            let otto = try await scene.visitor(.otto)
            let id = furniture.profiles["borealis"] ?? ""
            let path = "/t/borealis/email/profiles/\(id)/edit"
            var fields = Furniture.profile
            fields["version"] = "1"
            fields["usernameValue"] = ""
            fields["passwordValue"] = ""
            fields["passwordConfirm"] = ""
            let before = try scene.state(withDrafts: false)
            let answer = try await otto.post(path, fields)
            #expect(answer.status == 422)
            #expect(answer.body.contains(#"id="usernameValue-error""#))
            #expect(answer.body.contains(#"id="passwordValue-error""#))
            #expect(try scene.state(withDrafts: false) == before)
            fields["usernameAction"] = "keep"
            fields["passwordAction"] = "keep"
            #expect(try await otto.post(path, fields).status == 303)
        }
    }

    @Test func `several mistakes are told at once`() async throws {
        try await withConsole { scene in
            let otto = try await scene.visitor(.otto)
            let wrong = ["name": "", "port": "70000", "timeoutSeconds": "0", "host": "a b"]
            let answer = try await otto.post(
                "/t/borealis/email/profiles/new",
                Furniture.profile.merging(wrong) { $1 }
            )
            #expect(answer.status == 422)
            for field in wrong.keys {
                #expect(answer.body.contains(#"id="\#(field)-error""#), "\(field)")
            }
        }
    }

    @Test func `a name that is taken is told as a field's mistake`() async throws {
        try await withConsole { scene in
            let otto = try await scene.visitor(.otto)
            _ = try await Furniture.makeProfile(otto, "borealis")
            let again = try await otto.post(
                "/t/borealis/email/profiles/new",
                Furniture.profile.merging(["name": "MAIN"]) { $1 }
            )
            #expect(again.status == 422)
            #expect(again.body.contains(#"id="name-error""#))
        }
    }
}
