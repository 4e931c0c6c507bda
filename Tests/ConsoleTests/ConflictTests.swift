import Testing

/// Two people, one form.
@Suite struct ConflictTests {
    @Test func `the second save of a profile shows both versions and loses none`() async throws {
        try await withConsole { scene in
            let otto = try await scene.visitor(.otto)
            let emma = try await scene.visitor(.emma)
            let id = try await Furniture.makeProfile(otto, "borealis")
            let path = "/t/borealis/email/profiles/\(id)/edit"
            let version = try #require(try await otto.get(path).version)
            #expect(try await emma.get(path).version == version)
            var theirs = Furniture.profile.merging(Self.keep) { $1 }
            theirs["version"] = version
            theirs["fromName"] = "Saved by Emma"
            #expect(try await emma.post(path, theirs).status == 303)
            var mine = theirs
            mine["fromName"] = "Typed by Otto"
            let before = try scene.state(withDrafts: false)
            let refused = try await otto.post(path, mine)
            #expect(refused.status == 409)
            #expect(refused.body.contains("Saved by Emma"))
            #expect(refused.body.contains(#"value="Typed by Otto""#))
            #expect(refused.body.contains("Emma saved first"))
            #expect(try scene.state(withDrafts: false) == before)
            mine["version"] = refused.version
            #expect(try await otto.post(path, mine).status == 303)
            let page = try await otto.get("/t/borealis/email/profiles/\(id)")
            #expect(page.body.contains("Typed by Otto"))
        }
    }

    @Test func `the second save of the branding shows both versions`() async throws {
        try await withConsole { scene in
            let one = try await scene.visitor(.ada)
            let two = try await scene.visitor(.ada)
            let path = "/t/acme/email/branding/edit"
            #expect(try await one.post(path, Furniture.branding).status == 303)
            var late = Furniture.branding
            late["fromName"] = "Typed late"
            let refused = try await two.post(path, late)
            #expect(refused.status == 409)
            #expect(refused.body.contains("No Reply"))
            #expect(refused.body.contains(#"value="Typed late""#))
            late["version"] = refused.version
            #expect(try await two.post(path, late).status == 303)
        }
    }

    static let keep = [
        "usernameAction": "keep", "usernameValue": "", "passwordAction": "keep",
        "passwordValue": "", "passwordConfirm": "",
    ]
}
