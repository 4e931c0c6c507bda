import API
import Foundation
import Observability
import SMTP
import TestSupport
import Testing

/// Named secrets as JSON: in they go, and out comes only what is said of them.
@Suite struct SecretCallTests {
    private static let list = "/api/v1/t/borealis/secrets"
    private static let application: JSON = [
        "name": "Mail", "kind": "microsoftApplication", "cloud": "china",
        "tenantID": "borealis.example", "clientID": "11111111-2222-3333-4444-555555555555",
        "expiresOn": "2027-05-31", "value": "Canary-7f3a-Tweets-Never",
    ]

    @Test func `a secret is made, read, changed and deleted, and never read back`() async throws {
        try await withAPI { scene in
            let otto = try await scene.program(.otto)
            let made = try await otto.post(Self.list, Self.application)
            #expect(made.status == 201)
            let path = try #require(made.header("location"))
            #expect(made.header("etag") == #""1""#)
            #expect(
                made.json["hosts"]?.elements?.compactMap(\.text) == [
                    "login.partner.microsoftonline.cn"
                ]
            )
            let read = try await otto.get(path)
            // What a GET gives, a PUT takes.
            let same = try await otto.put(path, read.json)
            #expect(same.status == 200)
            #expect(same.json["version"]?.number == 1)
            let renamed = try await otto.put(path, read.json.with("name", "Renamed"))
            #expect(renamed.json["version"]?.number == 2)
            #expect(renamed.json["valueVersion"]?.number == 1)

            let moved = read.json.with("cloud", "global").with("hosts", []).with("version", 2)
            let refused = try await otto.put(path, moved)
            #expect(refused.status == 422)
            #expect(refused.fields == ["value destinationChanged"])
            let replaced = try await otto.put(path, moved.with("value", "Canary-7f3a-Again"))
            #expect(replaced.status == 200, "\(replaced.body)")
            #expect(replaced.json["valueVersion"]?.number == 2)
            #expect(replaced.json["versions"]?.elements?.count == 2)
            let conflict = try await otto.put(path, moved.with("value", "Canary-7f3a-Late"))
            #expect(conflict.status == 409)
            #expect(conflict.json["current"]?["version"]?.number == 3)
            #expect(conflict.json["yours"]?["value"] == nil)

            let all = try await otto.get(Self.list)
            #expect(all.json["secrets"]?.elements?.count == 1)
            let dump = try Self.dump(scene)
            #expect(dump.contains("named_secrets"))
            for reply in [made, read, same, renamed, refused, replaced, conflict, all] {
                #expect(!reply.body.contains("Canary"))
            }
            #expect(!scene.log.text.contains("Canary"))
            #expect(!dump.contains("Canary"))
            let stale = try await otto.send("DELETE", path, [("If-Match", #""1""#)])
            #expect(stale.status == 412)
            #expect(try await otto.send("DELETE", path).status == 204)
            #expect(try await otto.get(path).status == 404)
        }
    }

    @Test func `what is wrong has the names and codes of the form`() async throws {
        try await withAPI { scene in
            let otto = try await scene.program(.otto)
            let cases: [(JSON, [String])] = [
                ([:], ["kind required"]),
                (["kind": "wish"], ["kind choice"]),
                (["kind": "token", "colour": "red"], ["colour unknown"]),
                (["kind": "token", "hosts": "a.example"], ["hosts type"]),
                (["kind": "token"], ["hosts required", "name required", "value required"]),
                (
                    Furniture.token.with("hosts", ["https://a.example"]).with("value", "a b"),
                    ["hosts invalid", "value invalid"]
                ),
                (Furniture.token.without("value"), ["value required"]),
                (Self.application.with("hosts", ["attacker.example"]), ["hosts notOfKind"]),
            ]
            let before = try scene.state()
            for (body, fields) in cases {
                let reply = try await otto.post(Self.list, body)
                #expect(reply.status == 422, "\(body)")
                #expect(reply.fields == fields, "\(body): \(reply.body)")
            }
            #expect(try scene.state() == before)
            let id = "0f1c1e6a-8a5b-4c55-9a53-0e3c0b9f7a11"
            let odd = try await otto.post(Self.list, Self.application.with("value", .string(id)))
            #expect(odd.status == 201)
            #expect(odd.json["advice"]?.text?.contains("paste its Value") == true)
            #expect(!odd.body.contains(id))
        }
    }

    @Test func `a test of a secret gives the three answers of a provider's, and no value`()
        async throws
    {
        try await withAPI { scene in
            let otto = try await scene.program(.otto)
            let made = try await otto.post(Self.list, Self.application)
            let path = try #require(made.header("location")) + "/test"
            let good = try await otto.post(path, ["host": "login.partner.microsoftonline.cn"])
            #expect(good.status == 200, "\(good.body)")
            for question in ["reaches", "authenticates", "reads"] {
                #expect(good.json[question]?["outcome"] == "ok", "\(question)")
            }
            #expect(try await otto.post(path, [:]).json["reads"]?["outcome"] == "ok")
            let other = try await otto.post(path, ["host": "login.microsoftonline.com"])
            #expect(other.status == 200)
            #expect(other.json["reads"]?["outcome"] == "failed")
            let verdict = other.json["reads"]?["verdict"]
            #expect(verdict?["code"] == "provider.store.otherServer")
            #expect(verdict?["whoCanFix"] == "administrator")
            let wrong = try await otto.post(path, ["host": "https://a.example/"])
            #expect(wrong.status == 422)
            #expect(wrong.fields == ["host invalid"])
            #expect(try await otto.post(path, ["server": "a"]).fields == ["server unknown"])

            try scene.home.arrange("DELETE FROM data_keys")
            let shut = try await otto.post(path, [:])
            #expect(shut.json["reaches"]?["outcome"] == "ok")
            #expect(
                shut.json["authenticates"]?["verdict"]?["code"] == "provider.store.dataKeyDamaged"
            )
            #expect(shut.json["reads"]?["outcome"] == "notTried")

            let reader = scene.program(try await scene.token(.otto, ["secrets.read"]))
            #expect(try await reader.post(path, [:]).status == 403)
            let cleo = try await scene.program(.cleo)
            #expect(try await cleo.post(path, [:]).status == 404)
            let foreign = path.replacing("borealis", with: "cassini")
            #expect(try await cleo.post(foreign, [:]).status == 404)
            for reply in [good, other, wrong, shut] { #expect(!reply.body.contains("Canary")) }
            #expect(!scene.log.text.contains("Canary"))
        }
    }

    /// Everything in the database, as text.
    private static func dump(_ scene: APIScene) throws -> String {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["pg_dump", "--inserts", scene.home.administrator.reveal { $0 }]
        process.standardOutput = pipe
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return String(decoding: output, as: UTF8.self)
    }
}
