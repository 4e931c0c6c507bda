import API
import Foundation
import SMTP
import Testing

/// Secret providers for programs.
@Suite struct ProviderCallTests {
    private static let list = "/api/v1/t/borealis/providers"

    @Test func `a provider is made, read, sent back, changed and deleted`() async throws {
        try await withAPI { scene in
            let otto = try await scene.program(.otto)
            let made = try await otto.post(Self.list, Furniture.provider)
            #expect(made.status == 201, "\(made.body)")
            let path = try #require(made.header("location"))
            let read = try await otto.get(path)
            #expect(read.body == made.body)
            #expect(read.header("etag") == #""1""#)
            #expect(read.json["safe"] == "Mail")
            #expect(read.json["kvVersion"] == .null)

            let saved = try await otto.put(path, read.json.with("safe", "Other"))
            #expect(saved.status == 200, "\(saved.body)")
            #expect(saved.json["safe"] == "Other")
            #expect(saved.json["version"] == 2)
            let late = try await otto.put(path, read.json)
            #expect(late.status == 409)
            #expect(late.json["current"]?["safe"] == "Other")
            #expect(late.json["yours"]?["safe"] == "Mail")
            let tag = try await otto.put(path, read.json, [("If-Match", #""1""#)])
            #expect(tag.status == 412)
            let bare = try await otto.put(path, read.json.without("version"))
            #expect(bare.status == 428)

            let listed = try await otto.get(Self.list)
            #expect(listed.json["providers"]?.elements?.first?["links"]?["self"]?.text == path)
            #expect(try await otto.delete(path, [("If-Match", #""1""#)]).status == 412)
            #expect(try await otto.delete(path).status == 204)
            #expect(try await otto.get(path).status == 404)
        }
    }

    @Test func `everything that is wrong is named`() async throws {
        try await withAPI { scene in
            let otto = try await scene.program(.otto)
            let wrong = Furniture.provider.with("url", "http://ccp.example.com").with("appID", "")
                .with("mount", "secret").with("port", 7)
            let reply = try await otto.post(Self.list, wrong)
            #expect(reply.status == 422)
            #expect(reply.fields == ["mount notOfKind", "port unknown"])
            let values = wrong.without("mount").without("port")
            let second = try await otto.post(Self.list, values)
            #expect(second.fields == ["appID required", "url invalid"])
            let kind = try await otto.post(Self.list, ["name": "X", "kind": "keychain"])
            #expect(kind.fields == ["kind choice"])
            let vault: JSON = [
                "name": "V", "kind": "hashiCorpVault", "url": "https://vault.example.com",
                "credentials": "3f1c1e6a-8a5b-4c55-9a53-0e3c0b9f7a11",
            ]
            #expect(try await otto.post(Self.list, vault).fields == ["credentials missing"])
        }
    }

    @Test func `the kind of a provider stays`() async throws {
        try await withAPI { scene in
            let otto = try await scene.program(.otto)
            let made = try await otto.post(Self.list, Furniture.provider)
            let path = try #require(made.header("location"))
            let other: JSON = [
                "name": "V", "kind": "conjur", "url": "https://conjur.example.com",
                "account": "prod", "credentials": "3f1c1e6a-8a5b-4c55-9a53-0e3c0b9f7a11",
                "version": 1,
            ]
            #expect(try await otto.put(path, other).fields == ["kind fixed"])
        }
    }

    @Test func `a test gives three answers, and what came of it is written down`() async throws {
        try await withAPI { scene in
            let otto = try await scene.program(.otto)
            let made = try await otto.post(Self.list, Furniture.provider)
            let path = try #require(made.header("location"))
            let order: JSON = ["reference": ["object": "relay"]]
            let check = try await otto.post(path + "/test", order)
            #expect(check.status == 200, "\(check.body)")
            // Nobody listens there.
            #expect(check.json["reaches"]?["outcome"] == "failed")
            let code = check.json["reaches"]?["verdict"]?["code"]?.text
            #expect(code?.hasPrefix("provider.") == true)
            #expect(check.json["authenticates"]?["outcome"] == "notTried")
            #expect(check.json["reads"]?["outcome"] == "notTried")
            let read = try await otto.get(path)
            #expect(read.json["lastCheck"]?["failure"]?.text == code)

            let wrong = try await otto.post(path + "/test", ["reference": ["path": "x"]])
            #expect(wrong.fields == ["path unknown"])
            let keys = try await otto.post(path + "/keys", order)
            #expect(keys.fields == ["kind noKeys"])
        }
    }

    @Test func `entries are made, changed and deleted`() async throws {
        try await withAPI { scene in
            let otto = try await scene.program(.otto)
            let made = try await otto.post(Self.list, Furniture.provider)
            let path = try #require(made.header("location"))
            let entry = try await otto.post(path + "/entries", Furniture.entry)
            #expect(entry.status == 201, "\(entry.body)")
            #expect(entry.json["reference"]?["property"] == "Content")
            let id = try #require(entry.json["id"]?.text)
            let taken = try await otto.post(path + "/entries", Furniture.entry)
            #expect(taken.fields == ["name taken"])
            let empty = try await otto.post(path + "/entries", ["name": "", "reference": [:]])
            #expect(empty.fields == ["name required", "object required"])
            let changed = try await otto.put(
                "\(path)/entries/\(id)",
                entry.json.with("name", "Other")
            )
            #expect(changed.status == 200, "\(changed.body)")
            let names = try await otto.get(path).json["entries"]?.elements?.map { $0["name"]?.text }
            #expect(names == ["Other"])
            #expect(try await otto.delete("\(path)/entries/\(id)").status == 204)
            #expect(try await otto.delete("\(path)/entries/\(id)").status == 404)
        }
    }

    @Test func `a provider in use is not deleted, and says where`() async throws {
        try await withAPI { scene in
            let otto = try await scene.program(.otto)
            let id = try await Furniture.makeProvider(otto, "borealis", in: scene)
            let refused = try await otto.delete("\(Self.list)/\(id)")
            #expect(refused.status == 409)
            #expect(refused.fields == ["name used"])
            #expect(refused.body.contains("Vaulted"))
        }
    }
}
