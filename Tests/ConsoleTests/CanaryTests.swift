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
