import Foundation
import Observability
import TestSupport
import Testing

/// A secret that is entered is never seen again.
@Suite struct CanaryTests {
    private static let canary = "Canary-7f3a-Tweets-Never"

    @Test func `a password entered is in no page, no table and no log line`() async throws {
        try await withConsole { scene in
            let otto = try await scene.visitor(.otto)
            let answers = try await type(otto)
            var bodies = answers.map(\.body)
            for path in try await reachable(from: otto, "/t/borealis") {
                bodies.append(try await otto.get(path).body)
            }
            #expect(bodies.count > 10)
            for spelling in Self.spellings {
                #expect(!bodies.contains { $0.contains(spelling) }, "\(spelling)")
                #expect(!scene.log.text.contains(spelling), "\(spelling)")
            }
            let dump = try dump(scene)
            #expect(dump.contains("no-reply@borealis.example"))
            for spelling in Self.spellings { #expect(!dump.contains(spelling), "\(spelling)") }
        }
    }

    @Test func `a named secret is in no page, no table and no log line`() async throws {
        try await withConsole { scene in
            let otto = try await scene.visitor(.otto)
            var answers = try await typeSecrets(otto)
            let ids = answers.compactMap { answer -> String? in
                let location = answer.header("location")?.components(separatedBy: "?")[0]
                return location?.hasPrefix("/t/borealis/secrets/") == true ? location : nil
            }
            #expect(Set(ids).count == 5)
            for route in AccessSpecification.routes.keys.sorted()
            where route.hasPrefix("GET /t/{t}/secrets") {
                let path = String(route.dropFirst("GET ".count)).replacing("{t}", with: "borealis")
                guard path.contains("{id}") else {
                    answers.append(try await otto.get(path))
                    continue
                }
                for id in Set(ids) {
                    let name = id.components(separatedBy: "/").last ?? ""
                    answers.append(try await otto.get(path.replacing("{id}", with: name)))
                }
            }
            for path in try await reachable(from: otto, "/t/borealis") {
                answers.append(try await otto.get(path))
            }
            #expect(answers.count > 50)
            #expect(answers.allSatisfy { $0.status < 500 })
            #expect(answers.allSatisfy { $0.header("cache-control")?.contains("no-store") == true })
            let dump = try dump(scene)
            #expect(dump.contains("INSERT INTO public.named_secrets"))
            for spelling in Self.spellings {
                #expect(!answers.contains { $0.body.contains(spelling) }, "\(spelling)")
                #expect(!answers.contains { "\($0.headers)".contains(spelling) }, "\(spelling)")
                #expect(!scene.log.text.contains(spelling), "\(spelling)")
                #expect(!dump.contains(spelling), "\(spelling)")
            }
        }
    }

    @Test func `what was mistyped at the sign-in is kept nowhere`() async throws {
        try await withConsole { scene in
            let visitor = scene.visitor()
            let answer = try await visitor.signIn(Somebody.otto.email, Self.canary)
            #expect(answer.status == 422)
            #expect(!answer.body.contains(Self.canary))
            #expect(!scene.log.text.contains(Self.canary))
            #expect(try !dump(scene).contains(Self.canary))
        }
    }

    /// The secret as it is, as bytes in hexadecimal, in Base64, and as a form sends it.
    private static var spellings: [String] {
        let bytes = Array(canary.utf8)
        let hexadecimal = bytes.map { String(format: "%02x", Int($0)) }.joined()
        let encoded = Data(bytes).base64EncodedString().prefix { $0 != "=" }.dropLast(2)
        return [canary, hexadecimal, String(encoded)]
    }

    /// Enters the secret in every way there is, right and wrong.
    private func type(_ otto: Visitor) async throws -> [Answer] {
        let new = "/t/borealis/email/profiles/new"
        let secret = ["passwordValue": Self.canary, "passwordConfirm": Self.canary]
        let fields = Furniture.profile.merging(secret) { $1 }
        var answers = [
            try await otto.post(new, fields.merging(["port": "0"]) { $1 }),
            try await otto.post(new, fields.merging(["passwordConfirm": "other"]) { $1 }),
            try await otto.post(new, fields.merging(["action": "default-port"]) { $1 }),
            try await otto.post(new, fields.merging(["action": "testConnection"]) { $1 }),
            try await otto.post(
                new,
                fields.merging(["action": "testSend", "recipient": "a@b.example"]) { $1 }
            ),
        ]
        #expect(answers.map(\.status) == [422, 422, 200, 303, 303])
        answers.append(try await otto.get(new))
        let id = try await Furniture.makeProfile(otto, "borealis", secret)
        let edit = "/t/borealis/email/profiles/\(id)/edit"
        answers.append(
            try await otto.post(edit, fields.merging(["version": "1", "fromName": "A"]) { $1 })
        )
        answers.append(try await otto.post(edit, fields.merging(["version": "1"]) { $1 }))
        answers.append(
            try await otto.post(
                "/account/password",
                [
                    "currentPassword": Self.canary, "newPassword": Self.canary,
                    "confirmPassword": Self.canary,
                ]
            )
        )
        #expect(answers.suffix(3).map(\.status) == [303, 409, 422])
        return answers
    }

    /// Enters the secret as each kind, right and wrong, edits and replaces it.
    private func typeSecrets(_ otto: Visitor) async throws -> [Answer] {
        let list = "/t/borealis/secrets"
        let value = ["value": Self.canary, "valueConfirm": Self.canary]
        var answers: [Answer] = []
        for kind in ["password", "microsoftApplication", "clientSecret", "token", "apiCredentials"]
        {
            let fields = [
                "kind": kind, "name": kind, "hosts": "vault.example.com", "username": "otto",
                "cloud": "global", "tenantID": "borealis.example",
                "clientID": "11111111-2222-3333-4444-555555555555",
            ].merging(value) { $1 }
            let typed =
                kind == "microsoftApplication" ? fields.merging(["hosts": ""]) { $1 } : fields
            answers += [
                try await otto.post(list + "/new", typed.merging(["name": ""]) { $1 }),
                try await otto.post(list + "/new", typed.merging(["valueConfirm": "other"]) { $1 }),
                try await otto.post(list + "/new", typed.merging(["kind": "none"]) { $1 }),
            ]
            #expect(answers.suffix(3).allSatisfy { $0.status == 422 })
            let made = try await otto.post(list + "/new", typed)
            let page = try #require(made.header("location")).components(separatedBy: "?")[0]
            let version = ["version": "1"]
            answers += [
                made,
                // Taken by now.
                try await otto.post(list + "/new", typed),
                try await otto.post(page + "/edit", typed),
                try await otto.post(page + "/edit", typed.merging(version) { $1 }),
                try await otto.post(page + "/replace", value.merging(version) { $1 }),
                try await otto.post(page + "/replace", value.merging(["version": "2"]) { $1 }),
                try await otto.post(page + "/replace", value.merging(["value": "x"]) { $1 }),
                try await otto.post(page + "/delete", value.merging(version) { $1 }),
                try await otto.post(page + "/test"),
                try await otto.post(page + "/test", value.merging(["host": "a.example"]) { $1 }),
                try await otto.post(page + "/test", value.merging(["host": "a b"]) { $1 }),
            ]
            #expect(
                answers.suffix(11).map(\.status)
                    == [303, 422, 303, 422, 422, 303, 422, 409, 200, 200, 422]
            )
        }
        return answers
    }

    /// The pages that links lead to, at most a hundred.
    private func reachable(from visitor: Visitor, _ start: String) async throws -> [String] {
        var found = [start, "/account"]
        var index = 0
        while index < found.count, found.count < 100 {
            let body = try await visitor.get(found[index]).body
            for match in body.matches(of: #/href="(\/[^"#]*)"/#) {
                let path = String(match.output.1).replacing("&amp;", with: "&")
                let isPage = !path.contains(".") && !path.hasPrefix("/help")
                if isPage, !found.contains(path) { found.append(path) }
            }
            index += 1
        }
        return found
    }

    /// Everything in the database, as text.
    private func dump(_ scene: ConsoleScene) throws -> String {
        let connection = scene.home.administrator.reveal { $0 }
        let file = FileManager.default.temporaryDirectory.appending(
            path: "sendproof-\(scene.home.name).sql"
        )
        defer {
            // A file that stays is in the system's folder for such files.
            try? FileManager.default.removeItem(at: file)
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["pg_dump", "--inserts", "--file", file.path, connection]
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return try String(contentsOf: file, encoding: .utf8)
    }
}
