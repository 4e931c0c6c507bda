import API
import Foundation
import SMTP
import TestSupport
import Testing

/// Certificates as JSON: what they are, and never a private key.
@Suite struct CertificateCallTests {
    private static let list = "/api/v1/t/borealis/certificates"

    private func workshop() throws -> OpenSSLWorkshop {
        let workshop = try OpenSSLWorkshop()
        try workshop.authority("root")
        try workshop.issue("otto", by: "root", days: 20)
        return workshop
    }

    private func text(_ workshop: OpenSSLWorkshop, _ file: String) throws -> JSON {
        .string(String(decoding: try workshop.read(file), as: UTF8.self))
    }

    @Test func `each kind is added, read and deleted`() async throws {
        try await withAPI { scene in
            let workshop = try workshop()
            try workshop.run(
                "pkcs12 -export -in otto.pem -inkey otto.key -certfile root.pem "
                    + "-passout pass:Canary-7f3a -out otto.p12"
            )
            let otto = try await scene.program(.otto)
            let authority = try await otto.post(
                Self.list,
                ["name": "Root", "kind": "authority", "content": text(workshop, "root.pem")]
            )
            #expect(authority.status == 201, "\(authority.body)")
            #expect(authority.json["subject"] == authority.json["issuer"])
            #expect(authority.json["isAuthority"] == true)
            #expect(authority.json["problem"] == .null)
            let own = try await otto.post(
                Self.list,
                [
                    "name": "Otto", "kind": "own", "password": "Canary-7f3a",
                    "content": .string(Data(try workshop.read("otto.p12")).base64EncodedString()),
                ]
            )
            #expect(own.status == 201, "\(own.body)")
            #expect(own.json["problem"]?["code"] == "endsSoon")
            #expect(own.json["chain"]?.elements?.count == 1)
            let printed = try workshop.run("x509 -in otto.pem -noout -fingerprint -sha256")
            let fingerprint = printed.components(separatedBy: "=")[1].prefix(95)
                .replacing(":", with: "").lowercased()
            #expect(own.json["fingerprint"]?.text == fingerprint)
            let recipient = try await otto.post(
                Self.list,
                ["name": "Friend", "kind": "recipient", "content": text(workshop, "otto.pem")]
            )
            #expect(recipient.status == 201)
            let all = try await otto.get(Self.list)
            #expect(all.json["certificates"]?.elements?.count == 3)
            let path = try #require(own.header("location"))
            let read = try await otto.get(path)
            #expect(read.json == own.json)
            for reply in [authority, own, recipient, all, read] {
                #expect(!reply.body.contains("PRIVATE"))
                #expect(!reply.body.contains("Canary"))
            }
            let stale = try await otto.send("DELETE", path, [("If-Match", #""7""#)])
            #expect(stale.status == 412)
            #expect(try await otto.send("DELETE", path).status == 204)
            #expect(try await otto.get(path).status == 404)
        }
    }

    @Test func `what is wrong has the field and the code of the form`() async throws {
        try await withAPI { scene in
            let workshop = try workshop()
            try workshop.run(
                "pkcs12 -export -in otto.pem -inkey otto.key -passout pass:right -out otto.p12"
            )
            let p12 = JSON.string(Data(try workshop.read("otto.p12")).base64EncodedString())
            let key = try text(workshop, "otto.key")
            let otto = try await scene.program(.otto)
            let cases: [(JSON, [String])] = [
                ([:], ["content required", "kind choice", "name required"]),
                (["name": "A", "kind": "request", "content": key], ["kind choice"]),
                (["name": "A", "kind": "own", "content": "äö"], ["content required"]),
                (["name": "A", "kind": "own", "content": 7], ["content type"]),
                (["name": "A", "kind": "authority", "content": key], ["content isPrivateKey"]),
                (
                    ["name": "A", "kind": "own", "content": p12, "password": "wrong"],
                    ["password wrongPassword"]
                ),
                (
                    ["name": "A", "kind": "own", "content": p12, "privateKey": "x"],
                    ["privateKey unknown"]
                ),
            ]
            for (body, fields) in cases {
                let reply = try await otto.post(Self.list, body)
                #expect(reply.status == 422, "\(body)")
                #expect(reply.fields == fields, "\(reply.body)")
                #expect(!reply.body.contains("PRIVATE KEY-----"))
            }
            #expect(try await otto.get(Self.list).json["certificates"]?.elements?.isEmpty == true)
        }
    }

    @Test func `what is used is not deleted`() async throws {
        try await withAPI { scene in
            let workshop = try workshop()
            let otto = try await scene.program(.otto)
            let made = try await otto.post(
                Self.list,
                ["name": "Root", "kind": "authority", "content": text(workshop, "root.pem")]
            )
            let path = try #require(made.header("location"))
            let id = try #require(made.json["id"])
            _ = try await Furniture.makeProfile(
                otto,
                "borealis",
                Furniture.profile.with("trustedCA", id)
            )
            let used = try await otto.get(path)
            #expect(used.json["uses"]?.elements?.first?["name"] == "Main")
            let refused = try await otto.send("DELETE", path)
            #expect(refused.status == 409)
            #expect(refused.json["fields"]?.elements?.first?["code"] == "used")
        }
    }
}
