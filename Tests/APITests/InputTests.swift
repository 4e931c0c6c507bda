import API
import Foundation
import SMTP
import TestSupport
import Testing

/// What programs send that cannot be meant.
@Suite struct InputTests {
    private static let profiles = "/api/v1/t/borealis/email/profiles"
    private static let json = [("Content-Type", "application/json")]

    @Test func `a body that two readers could read in two ways is refused`() async throws {
        let bodies: [(String, Int, String)] = [
            ("", 400, "json.malformed"),
            ("{", 400, "json.malformed"),
            (#"{"name":"a"} x"#, 400, "json.malformed"),
            (#"{"name":"a","name":"b"}"#, 400, "json.repeatedMember"),
            (#"{"username":{"value":"a","value":"b"}}"#, 400, "json.repeatedMember"),
            (#"{"port":587.5}"#, 400, "json.malformed"),
            (#"{"port":1e3}"#, 400, "json.malformed"),
            (#"{"name":"\ud800"}"#, 400, "json.malformed"),
            ("{\"name\":\"a\u{1}\"}", 400, "json.malformed"),
            ("[]", 400, "json.noObject"),
            ("null", 400, "json.noObject"),
            (#""{}""#, 400, "json.noObject"),
            (String(repeating: "[", count: 5000), 400, "json.malformed"),
            ("\u{FEFF}{}", 400, "json.malformed"),
        ]
        try await withAPI { scene in
            let otto = try await scene.program(.otto)
            let before = try scene.state()
            for (body, status, code) in bodies {
                let reply = try await otto.send(
                    "POST",
                    Self.profiles,
                    Self.json,
                    body: Array(body.utf8)
                )
                #expect(reply.status == status, "\(body.prefix(60)): \(reply.body)")
                #expect(reply.code == code, "\(body.prefix(60)): \(reply.body)")
            }
            let bytes = Array(#"{"name":""#.utf8) + [0xC3, 0x28] + Array(#""}"#.utf8)
            let reply = try await otto.send("POST", Self.profiles, Self.json, body: bytes)
            #expect(reply.code == "json.notUTF8")
            #expect(try scene.state() == before)
        }
    }

    @Test func `only JSON is taken`() async throws {
        try await withAPI { scene in
            let otto = try await scene.program(.otto)
            let body = Array("{}".utf8)
            for type in [nil, "text/plain", "application/x-www-form-urlencoded", "text/json"] {
                let headers = type.map { [("Content-Type", $0)] } ?? []
                let reply = try await otto.send("POST", Self.profiles, headers, body: body)
                #expect(reply.status == 415, "\(type ?? "none")")
            }
            let headers = [("Content-Type", "Application/JSON; charset=utf-8")]
            let reply = try await otto.send("POST", Self.profiles, headers, body: body)
            #expect(reply.status == 422)
        }
    }

    @Test func `unknown names, wrong types and values nothing can be are all named at once`()
        async throws
    {
        try await withAPI { scene in
            let otto = try await scene.program(.otto)
            let wrong: JSON = [
                "cc": "a@b.example", "headers": [["name": "X-A"]], "priority": 1,
                "nome": "a", "port": "587", "verifyCertificate": "yes", "username": "relay",
                "password": ["file": "/etc/passwd"],
            ]
            let reply = try await otto.post(Self.profiles, wrong)
            #expect(reply.status == 422)
            #expect(
                reply.fields == [
                    "cc type", "headers type", "nome unknown", "password unknown", "port type",
                    "priority type", "username type", "verifyCertificate type",
                ]
            )
            let values = Furniture.profile.with("port", 0).with("timeoutSeconds", 256)
                .with("fromAddress", "a\u{0}@b.example").with("name", "").with("tls", "sometimes")
            let second = try await otto.post(Self.profiles, values)
            #expect(
                second.fields == [
                    "fromAddress address", "name required", "port range",
                    "timeoutSeconds range", "tls choice",
                ]
            )
        }
    }

    @Test func `files of the server cannot be read through settings`() async throws {
        try await withAPI { scene in
            let otto = try await scene.program(.otto)
            for (name, code) in [
                ("password", "unknown"), ("trustedCA", "type"), ("clientCertificate", "type"),
                ("firewallPassword", "unknown"), ("encryptCertificate", "type"),
            ] {
                let settings = Furniture.profile.with(name, ["file": "/etc/passwd"])
                let order: JSON = ["kind": "connection", "settings": settings]
                let reply = try await otto.post("/api/v1/t/borealis/tests", order)
                #expect(reply.status == 422, "\(name)")
                #expect(reply.fields == ["\(name) \(code)"], "\(name): \(reply.body)")
            }
        }
    }

    @Test func `an order for a test that means nothing says what is missing`() async throws {
        let orders: [(String, Somebody, JSON, [String])] = [
            ("borealis", .otto, [:], ["kind choice", "profile required"]),
            (
                "borealis", .otto, ["kind": "mail", "profile": "x"],
                ["kind choice", "profile choice"]
            ),
            (
                "borealis", .otto, ["kind": "send", "settings": ["host": "a b", "nome": 1]],
                ["nome unknown", "recipient required"]
            ),
            (
                "borealis", .otto,
                ["kind": "connection", "settings": [:], "profile": "x"], ["profile choice"]
            ),
            ("borealis", .otto, ["kind": "connection", "branding": [:]], ["branding edition"]),
            ("acme", .ada, ["kind": "connection"], ["branding required"]),
            (
                "acme", .ada, ["kind": "send", "recipient": "x", "branding": [:]],
                ["fromAddress required", "recipient address"]
            ),
            (
                "acme", .ada, ["kind": "connection", "settings": ["host": "10.0.0.1"]],
                ["settings edition"]
            ),
        ]
        try await withAPI { scene in
            for (slug, somebody, order, fields) in orders {
                let program = try await scene.program(somebody)
                let reply = try await program.post("/api/v1/t/\(slug)/tests", order)
                #expect(reply.status == 422, "\(order): \(reply.body)")
                #expect(reply.fields == fields, "\(order): \(reply.body)")
            }
            #expect(!(try scene.state()).contains("test|"))
        }
    }

    @Test func `a filter that is none is refused`() async throws {
        try await withAPI { scene in
            let otto = try await scene.program(.otto)
            let path = "/api/v1/t/borealis/tests?"
            for (query, fields) in [
                ("status=green", ["status filter"]), ("from=yesterday", ["from filter"]),
                ("before=1", ["before form"]), ("colour=red", ["colour unknown"]),
                ("code=tls&code=dns", ["code repeated"]), ("tenant=cassini", ["tenant unknown"]),
            ] {
                let reply = try await otto.get(path + query)
                #expect(reply.status == 422, "\(query)")
                #expect(reply.fields == fields, "\(query): \(reply.body)")
            }
            #expect(try await otto.get(path + "code=%zz").status == 400)
            #expect(try await otto.get("/api/v1/t/borealis/audit?before=-1").status == 422)
        }
    }

    @Test func `a request that never reached a route is answered in the API's way`() async throws {
        try await withAPI { scene in
            let otto = try await scene.program(.otto)
            let huge = Array(repeating: UInt8(ascii: " "), count: (1 << 20) + 1)
            let tooLarge = try await otto.send("POST", Self.profiles, Self.json, body: huge)
            #expect(tooLarge.status == 413)
            #expect(tooLarge.header("content-type") == "application/problem+json")
            let nowhere = try await otto.get("/api/v2/tenants")
            #expect(nowhere.status == 404)
            #expect(nowhere.code == "api.notFound")
            let patch = try await otto.send("PATCH", Self.profiles)
            #expect(patch.status == 405)
            #expect(patch.header("allow")?.contains("POST") == true)
            let page = try await otto.get("/apiary")
            #expect(page.header("content-type")?.hasPrefix("text/html") == true)
        }
    }

    @Test func `every answer has its reference and is kept by nobody`() async throws {
        try await withAPI { scene in
            let otto = try await scene.program(.otto)
            for path in ["/api/v1", "/api/v1/openapi.json", "/api/v1/nothing"] {
                let reply = try await otto.get(path)
                #expect(reply.header("cache-control") == "no-store", "\(path)")
                #expect(reply.header("x-content-type-options") == "nosniff", "\(path)")
                #expect(reply.header("set-cookie") == nil, "\(path)")
                let reference = try #require(reply.header("x-request-id"))
                #expect(reference.utf8.count == 10)
                if reply.status == 404 { #expect(reply.json["reference"]?.text == reference) }
            }
        }
    }

    @Test func `an error of ours says a reference, and the log has the rest`() async throws {
        try await withAPI { scene in
            let otto = try await scene.program(.otto)
            try scene.home.arrange("ALTER TABLE email_profiles RENAME TO elsewhere")
            let reply = try await otto.get(Self.profiles)
            try scene.home.arrange("ALTER TABLE elsewhere RENAME TO email_profiles")
            #expect(reply.status == 500)
            #expect(reply.code == "internal")
            let reference = try #require(reply.json["reference"]?.text)
            #expect(scene.log.text.contains(reference))
            for word in ["SELECT", "email_profiles", "relation", "42P01"] {
                #expect(!reply.body.contains(word), "\(word)")
            }
        }
    }
}
