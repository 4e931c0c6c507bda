import API
import Foundation
import SMTP
import Testing

/// What is read can be sent back, and two who change one thing lose nothing.
@Suite struct VersionTests {
    @Test func `what a GET gives a PUT takes, and nothing is changed by it`() async throws {
        try await withAPI { scene in
            let otto = try await scene.program(.otto)
            let id = try await Furniture.makeProfile(otto, "borealis")
            let ada = try await scene.program(.ada)
            #expect(
                try await ada.put("/api/v1/t/acme/email/branding", Furniture.branding).status == 200
            )
            for (program, path) in [
                (otto, "/api/v1/t/borealis/email/profiles/\(id)"),
                (ada, "/api/v1/t/acme/email/branding"),
            ] {
                let first = try await program.get(path)
                #expect(first.header("etag") == #""1""#)
                let saved = try await program.put(path, first.json)
                #expect(saved.status == 200, "\(saved.body)")
                #expect(saved.header("etag") == #""2""#)
                let names = ["version", "updatedAt", "updatedBy"]
                let strip = { (json: JSON) in names.reduce(json) { $0.without($1) } }
                #expect(strip(saved.json) == strip(first.json))
                #expect(try await program.get(path).body == saved.body)
            }
            // The stored password is still there and still fits: a test with it can be begun.
            let order: JSON = ["kind": "connection", "profile": .string(id)]
            #expect(try await otto.post("/api/v1/t/borealis/tests", order).status == 202)
        }
    }

    @Test func `two hundred profiles come back as they were sent`() async throws {
        try await withAPI { scene in
            let otto = try await scene.program(.otto)
            let path = "/api/v1/t/borealis/email/profiles"
            let id = try await Furniture.makeProfile(otto, "borealis")
            var random = SystemRandomNumberGenerator()
            for version in 1...200 {
                let sent = Self.profile(&random)
                let change = sent.with("version", .number(version))
                let reply = try await otto.put("\(path)/\(id)", change)
                try #require(reply.status == 200, "\(sent): \(reply.body)")
                for member in sent.members ?? [] where member.value["value"] == nil {
                    #expect(reply.json[member.name] == member.value, "\(member.name)")
                }
                #expect(reply.json["password"]?["state"] == "stored")
            }
        }
    }

    /// Any valid profile.
    private static func profile(_ random: inout SystemRandomNumberGenerator) -> JSON {
        func one<Element>(_ elements: [Element], _ other: Element) -> Element {
            elements.randomElement(using: &random) ?? other
        }
        let names = ["Main", "Größe 大", "a \"quoted\" <one>", "x\\y", "ζ & 😀"]
        let hosts = ["mail.example.com", "192.0.2.25", "[2001:db8::25]", "xn--bcher-kva.example"]
        return [
            "name": .string(one(names, "Main")),
            "description": .string(one(["", "two words", "tab\there"], "")),
            "fromAddress": .string(one(["a@b.example", "grüße@b.example"], "a@b.example")),
            "fromName": .string(one(["", "No Reply", "Größe, \"Inc\""], "")),
            "host": .string(one(hosts, "mail.example.com")),
            "port": .number(Int.random(in: 1...65_535, using: &random)),
            "timeoutSeconds": .number(Int.random(in: 1...255, using: &random)),
            "tls": .string(one(TLSMode.allCases.map(\.rawValue), "none")),
            "verifyCertificate": .bool(Bool.random(using: &random)),
            "heloName": .string(one(["", "app.example.com"], "")),
            "authentication": .string(one(["plain", "automatic", "scramSHA256"], "plain")),
            "allowPlaintextAuthentication": .bool(Bool.random(using: &random)),
            "password": ["value": .string("pässword \(Int.random(in: 0...999, using: &random))")],
            "username": ["value": "relay-user"],
            "addressFamily": .string(one(["automatic", "ipv4", "ipv6"], "ipv4")),
            "organization": .string(one(["", "Borealis Works, \"Inc\""], "")),
            "replyTo": .string(one(["", "desk@b.example"], "")),
            "cc": one([[], ["a@b.example", "c@d.example"]], []),
            "bcc": one([[], ["hidden@b.example"]], []),
            "priority": .string(one(["unspecified", "urgent", "nonUrgent"], "normal")),
            "sensitivity": .string(one(["unspecified", "personal", "private"], "private")),
            "importance": .string(one(["unspecified", "high", "low"], "high")),
            "headers": one([[], [["name": "X-Team", "value": "Größe: 3"]]], []),
            "systemLog": .bool(Bool.random(using: &random)),
        ]
    }

    @Test func `a change says what it began from`() async throws {
        try await withAPI { scene in
            let otto = try await scene.program(.otto)
            let id = try await Furniture.makeProfile(otto, "borealis")
            let path = "/api/v1/t/borealis/email/profiles/\(id)"
            let profile = Furniture.profile
            let missing = try await otto.put(path, profile)
            #expect(missing.status == 428)
            #expect(missing.code == "version.required")
            #expect(try await otto.put(path, profile, [("If-Match", #""1""#)]).status == 200)
            for tag in [#""1""#, #""x""#, "1", #"W/"2""#] {
                let reply = try await otto.put(path, profile, [("If-Match", tag)])
                #expect(reply.status == 412, "\(tag)")
            }
            // The header counts when the body says something else.
            let both = profile.with("version", 1)
            #expect(try await otto.put(path, both, [("If-Match", #""2""#)]).status == 200)
            #expect(try await otto.put(path, profile, [("If-Match", "*")]).status == 200)
            #expect(try await otto.get(path).header("etag") == #""4""#)
            #expect(try await otto.delete(path, [("If-Match", #""3""#)]).status == 412)
            let activation = path + "/activation"
            let late = try await otto.post(activation, nil, [("If-Match", #""3""#)])
            #expect(late.status == 412)
            #expect(late.json["current"]?["version"] == 4)
            #expect(try await otto.delete(path, [("If-Match", #""4""#)]).status == 204)
            #expect(try await otto.get(path).status == 404)
        }
    }

    @Test func `the second of two changes gets both versions, without secrets`() async throws {
        try await withAPI { scene in
            let one = try await scene.program(.otto)
            let two = try await scene.program(.vera)
            let id = try await Furniture.makeProfile(one, "borealis")
            let path = "/api/v1/t/borealis/email/profiles/\(id)"
            let theirs = Furniture.profile.with("fromName", "Theirs").with("version", 1)
            #expect(try await one.put(path, theirs).status == 200)
            let before = try scene.state()
            let mine = Furniture.profile.with("fromName", "Mine").with("version", 1)
            let refused = try await two.put(path, mine)
            #expect(refused.status == 409)
            #expect(refused.code == "version.changed")
            #expect(refused.json["current"]?["fromName"] == "Theirs")
            #expect(refused.json["current"]?["updatedBy"] == "otto (token of otto)")
            #expect(refused.json["yours"]?["fromName"] == "Mine")
            #expect(!refused.body.contains(Furniture.secret))
            #expect(try scene.state() == before)
            let current = try #require(refused.json["current"]?["version"])
            #expect(try await two.put(path, mine.with("version", current)).status == 200)
        }
    }

    @Test func `the second save of a branding is refused too, and the first needs version 0`()
        async throws
    {
        try await withAPI { scene in
            let ada = try await scene.program(.ada)
            let path = "/api/v1/t/acme/email/branding"
            let nothing = try await ada.get(path)
            #expect(nothing.json["version"] == 0)
            #expect(nothing.header("etag") == #""0""#)
            #expect(try await ada.put(path, Furniture.branding.with("version", 3)).status == 409)
            #expect(try await ada.put(path, Furniture.branding).status == 200)
            let late = try await ada.put(path, Furniture.branding.with("fromName", "Late"))
            #expect(late.status == 409)
            #expect(late.json["current"]?["fromName"] == "No Reply")
            #expect(late.json["yours"]?["fromName"] == "Late")
        }
    }

    @Test func `a credential is kept, replaced and removed, and bound to where it goes`()
        async throws
    {
        try await withAPI { scene in
            let otto = try await scene.program(.otto)
            let id = try await Furniture.makeProfile(otto, "borealis")
            let path = "/api/v1/t/borealis/email/profiles/\(id)"
            func put(_ json: JSON) async throws -> Reply {
                try await otto.put(path, json, [("If-Match", "*")])
            }
            let plain = Furniture.profile.without("username").without("password")
            let kept = try await put(plain)
            #expect(kept.json["password"]?["state"] == "stored")
            #expect(kept.json["password"]?["setBy"] == "otto (token of otto)")
            let moved = try await put(plain.with("host", "127.0.0.2"))
            #expect(
                moved.fields == ["password destinationChanged", "username destinationChanged"]
            )
            let none = plain.with("authentication", "none")
            let removed = try await put(
                none.with("username", nil).with("password", ["state": "none"])
            )
            #expect(removed.json["password"] == ["state": "none"])
            let invented = try await put(none.with("password", ["state": "stored"]))
            #expect(invented.fields == ["password notStored"])
            let empty = try await put(none.with("password", ["value": ""]))
            #expect(empty.fields == ["password required"])
        }
    }

    @Test func `an exported profile can be sent to make the same one, without its credentials`()
        async throws
    {
        try await withAPI { scene in
            let otto = try await scene.program(.otto)
            let path = "/api/v1/t/borealis/email/profiles"
            let id = try await Furniture.makeProfile(otto, "borealis")
            let file = try await otto.get("\(path)/\(id)/export")
            let marks = file.json["credentialFingerprints"]?.members?.map(\.name)
            #expect(marks == ["username", "password"])
            #expect(!file.body.contains(Furniture.secret))
            let cleo = try await scene.program(.cleo)
            let there = "/api/v1/t/cassini/email/profiles"
            let refused = try await cleo.post(there, file.json)
            #expect(refused.fields == ["password required", "username required"])
            let whole = file.json.with("username", ["value": "relay-user"])
                .with("password", ["value": .string(Furniture.secret)])
            let copy = try await Furniture.makeProfile(cleo, "cassini", whole)
            let again = try await cleo.get("\(there)/\(copy)/export")
            let settings = { (json: JSON) in json.without("credentialFingerprints") }
            #expect(settings(again.json) == settings(file.json))
        }
    }

    @Test func `a version is put back by sending its settings, and a copy keeps credentials`()
        async throws
    {
        try await withAPI { scene in
            let otto = try await scene.program(.otto)
            let id = try await Furniture.makeProfile(otto, "borealis")
            let path = "/api/v1/t/borealis/email/profiles/\(id)"
            let first = try await otto.get(path)
            let changed = first.json.with("fromName", "Changed").with("cc", ["a@b.example"])
            #expect(try await otto.put(path, changed).status == 200)
            let versions = try await otto.get(path + "/versions")
            let list = try #require(versions.json["versions"]?.elements)
            #expect(list.map { $0["version"] } == [2, 1])
            #expect(list.map { $0["savedBy"] } == ["otto (token of otto)", "otto (token of otto)"])
            let version = try await otto.get(path + "/versions/1")
            let settings = try #require(version.json["settings"])
            let restored = try await otto.put(path, settings, [("If-Match", #""2""#)])
            #expect(restored.json["fromName"] == first.json["fromName"])
            #expect(restored.json["cc"] == [])
            #expect(restored.json["password"] == first.json["password"])
            #expect(try await otto.get(path + "/versions/9").status == 404)
            let copy = try await otto.post(path + "/duplicate")
            #expect(copy.status == 201)
            #expect(copy.json["name"] == "Main (copy)")
            #expect(copy.json["password"]?["state"] == "stored")
            let address = try #require(copy.header("location"))
            #expect(try await otto.get(address).body == copy.body)
        }
    }

    @Test func `the active profile cannot be deleted`() async throws {
        try await withAPI { scene in
            let otto = try await scene.program(.otto)
            let id = try await Furniture.makeProfile(otto, "borealis")
            let path = "/api/v1/t/borealis/email/profiles/\(id)"
            let active = try await otto.post(path + "/activation")
            #expect(active.json["isActive"] == true)
            let refused = try await otto.delete(path)
            #expect(refused.status == 409)
            #expect(refused.fields == ["name active"])
        }
    }
}
