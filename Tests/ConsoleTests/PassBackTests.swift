import Testing

/// A stored password goes where it was entered for, and nowhere else.
@Suite struct PassBackTests {
    static let changes: [[String: String]] = [
        ["host": "attacker.example"], ["port": "2525"], ["tls": "none"], ["tls": "automatic"],
        ["verifyCertificate": ""], ["authentication": "login"],
        ["authentication": "automatic"],
        ["firewallType": "socks5", "firewallHost": "attacker.example"], ["autoDetect": "on"],
        ["usernameAction": "replace", "usernameValue": "somebody-else"],
    ]

    @Test func `a changed destination asks for the stored password again`() async throws {
        try await withConsole { scene in
            let otto = try await scene.visitor(.otto)
            let id = try await Furniture.makeProfile(otto, "borealis")
            let page = "/t/borealis/email/profiles/\(id)"
            let before = try scene.state(withDrafts: false)
            for change in Self.changes {
                for action in ["save", "testConnection", "testSend"] {
                    var fields = Furniture.profile.merging(ConflictTests.keep) { $1 }
                    fields.merge(change) { $1 }
                    fields.merge(
                        ["version": "1", "action": action, "recipient": "a@b.example"]) { $1 }
                    let answer = try await otto.post(page + "/edit", fields)
                    #expect(answer.status == 422, "\(change) \(action)")
                    #expect(answer.body.contains("enter it again"), "\(change) \(action)")
                    #expect(!answer.body.contains("s3cret-Relay"), "\(change) \(action)")
                    #expect(try scene.state(withDrafts: false) == before, "\(change) \(action)")
                }
            }
        }
    }

    @Test func `other changes keep the stored password`() async throws {
        try await withConsole { scene in
            let otto = try await scene.visitor(.otto)
            let id = try await Furniture.makeProfile(otto, "borealis")
            let page = "/t/borealis/email/profiles/\(id)"
            var fields = Furniture.profile.merging(ConflictTests.keep) { $1 }
            fields.merge(
                ["version": "1", "name": "Renamed", "fromName": "Other", "timeoutSeconds": "9"]
            ) { $1 }
            #expect(try await otto.post(page + "/edit", fields).status == 303)
            let test = try await otto.post(page, ["action": "testConnection"])
            #expect(test.status == 303)
            #expect(test.header("location")?.contains("/tests/") == true)
        }
    }
}
