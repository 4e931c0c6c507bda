import Foundation
import Postgres
import TestSupport
import Testing

/// The pages about certificates, from the request to the certificate in use.
@Suite struct CertificatePageTests {
    private static let list = "/t/borealis/certificates"
    private static let request = [
        "name": "Relay", "commonName": "sendproof", "organization": "Größe & Ruhm",
        "country": "no", "keyKind": "ecP256",
        "alternativeNames": "app.borealis.example\r\n192.0.2.7\r\notto@borealis.example",
    ]

    private func path(_ answer: Answer) throws -> String {
        let location = try #require(answer.header("location"), "\(answer.status) \(answer.body)")
        return location.components(separatedBy: "?")[0]
    }

    @Test func `a request is made, downloaded, signed, installed and shown`() async throws {
        try await withConsole { scene in
            let workshop = try OpenSSLWorkshop()
            try workshop.authority("root")
            let otto = try await scene.visitor(.otto)
            let page = try path(try await otto.post(Self.list + "/request", Self.request))
            #expect(try await otto.get(page).body.contains("Waits for its certificate"))

            let download = try await otto.get(page + "/request")
            #expect(download.header("content-disposition")?.contains("Relay.csr") == true)
            #expect(download.body.hasPrefix("-----BEGIN CERTIFICATE REQUEST-----\n"))
            try workshop.write(Array(download.body.utf8), to: "relay.csr")
            try workshop.sign("relay.csr", to: "relay.pem", by: "root", days: 20)
            try workshop.issue("other", by: "root")

            let wrong = try await otto.upload(
                page + "/install",
                ["version": "1"],
                ["certificate": workshop.read("other.pem")]
            )
            #expect(wrong.status == 422)
            #expect(wrong.body.contains("do not belong together"))
            #expect(wrong.body.contains(##"href="#certificate""##))
            let pasted = String(
                decoding: try workshop.read("relay.pem") + workshop.read("root.pem"),
                as: UTF8.self
            )
            let installed = try await otto.upload(
                page + "/install",
                ["version": "1", "certificateText": pasted],
                ["certificate": []]
            )
            #expect(installed.status == 422, "an empty file of a name is a file")
            let done = try await otto.post(
                page + "/install",
                ["version": "1", "certificateText": pasted]
            )
            #expect(done.header("location")?.hasSuffix("?notice=certificateInstalled") == true)
            let shown = try await otto.get(page).body
            #expect(shown.contains("Expires in 19 days") || shown.contains("Expires in 20 days"))
            #expect(shown.contains("O=Größe &amp; Ruhm"))
            #expect(shown.contains("app.borealis.example, 192.0.2.7, otto@borealis.example"))
            #expect(shown.contains("CN=root,O=Workshop"))
            let printed = try workshop.run("x509 -in relay.pem -noout -fingerprint -sha256")
            let fingerprint = printed.components(separatedBy: "=")[1].prefix(95)
            #expect(shown.contains(fingerprint))
            #expect(try await otto.get(Self.list).body.contains(">Relay<"))
            #expect(try await otto.get("/t/borealis/audit").body.contains("Relay"))
        }
    }

    @Test func `a form with errors names all of them and keeps what was typed`() async throws {
        try await withConsole { scene in
            let otto = try await scene.visitor(.otto)
            let answer = try await otto.post(
                Self.list + "/request",
                Self.request.merging([
                    "name": "", "commonName": "", "country": "Norway", "keyKind": "dsa",
                    "emailAddress": "nobody", "alternativeNames": "a b,DNS:c",
                ]) { $1 }
            )
            #expect(answer.status == 422)
            for field in [
                "name", "commonName", "country", "keyKind", "emailAddress", "alternativeNames",
            ] {
                #expect(answer.body.contains("href=\"#\(field)\""), "\(field)")
                #expect(answer.body.contains("id=\"\(field)-error\""), "\(field)")
            }
            #expect(answer.body.contains(#"value="Norway""#))
            #expect(answer.body.contains("Größe &amp; Ruhm"))
            let empty = try await otto.post(Self.list + "/add")
            #expect(empty.status == 422)
            for field in ["name", "kind", "certificate"] {
                #expect(empty.body.contains("href=\"#\(field)\""), "\(field)")
            }
        }
    }

    @Test func `PKCS#12 is installed with its password, and an old cipher is said`() async throws {
        try await withConsole { scene in
            let workshop = try OpenSSLWorkshop()
            try workshop.authority("root")
            try workshop.issue("otto", by: "root")
            try workshop.run(
                "pkcs12 -export -legacy -in otto.pem -inkey otto.key -passout pass:Canary-Word-1 "
                    + "-out otto.p12"
            )
            let file = ["certificate": try workshop.read("otto.p12")]
            let otto = try await scene.visitor(.otto)
            let fields = ["kind": "own", "name": "Otto", "filePassword": "Canary-Word-2"]
            let wrong = try await otto.upload(Self.list + "/add", fields, file)
            #expect(wrong.status == 422)
            #expect(wrong.body.contains(##"href="#filePassword""##))
            #expect(wrong.body.contains(#"value="Otto""#))
            #expect(!wrong.body.contains("Canary-Word"))
            let right = fields.merging(["filePassword": "Canary-Word-1"]) { $1 }
            let added = try await otto.upload(Self.list + "/add", right, file)
            let location = try #require(added.header("location"))
            #expect(location.hasSuffix("?notice=certificateOldCipher"))
            #expect(try await otto.get(location).body.contains("old cipher"))

            let page = try path(added)
            let key = try workshop.run("pkey -in otto.key -outform PEM")
            let secret = key.components(separatedBy: "\n")[3]
            for address in [page, Self.list, page + "/install", "/t/borealis/audit"] {
                let body = try await otto.get(address).body
                #expect(!body.contains("PRIVATE KEY"), "\(address)")
                #expect(!body.contains(secret), "\(address)")
            }
            #expect(try await otto.get(page + "/request").status == 404)
            #expect(!scene.log.text.contains("Canary-Word"))
            #expect(!scene.log.text.contains(secret))
            // The key as DER has it, in the hexadecimal that the database prints.
            try workshop.run("pkey -in otto.key -outform DER -out otto.der")
            let middle = try workshop.read("otto.der").dropFirst(600).prefix(24)
            let rows = try BlockingConnection(scene.home.administrator).query(
                """
                SELECT row_to_json(c)::text FROM certificates c
                UNION ALL SELECT row_to_json(a)::text FROM audit_events a
                """
            )
            let dump = rows.compactMap { $0[0] }.joined()
            #expect(dump.contains("Otto"))
            #expect(!dump.contains(middle.map { String(format: "%02x", Int($0)) }.joined()))
            #expect(!dump.contains("Canary-Word"))
        }
    }

    @Test func `a pasted private key is refused and not shown again`() async throws {
        try await withConsole { scene in
            let workshop = try OpenSSLWorkshop()
            try workshop.authority("root")
            let otto = try await scene.visitor(.otto)
            let key = String(decoding: try workshop.read("root.key"), as: UTF8.self)
            let answer = try await otto.post(
                Self.list + "/add",
                ["kind": "authority", "name": "Root", "certificateText": key]
            )
            #expect(answer.status == 422)
            #expect(answer.body.contains("There is a private key in it"))
            #expect(!answer.body.contains(key.components(separatedBy: "\n")[1]))
        }
    }

    @Test func `a file of the server is used, read again, and asked for plainly`() async throws {
        try await withConsole { scene in
            let workshop = try OpenSSLWorkshop()
            try workshop.authority("root")
            try workshop.authority("other")
            let file = scene.certificateFolder.appending(path: "ca.pem")
            try Data(workshop.read("root.pem")).write(to: file)
            let otto = try await scene.visitor(.otto)
            let fields = ["kind": "authority", "name": "Private", "fileName": "../ca.pem"]
            let refused = try await otto.post(Self.list + "/file", fields)
            #expect(refused.status == 422)
            #expect(refused.body.contains(##"href="#fileName""##))
            let page = try path(
                try await otto.post(
                    Self.list + "/file",
                    fields.merging(["fileName": "ca.pem", "cacheCertificate": "on"]) { $1 }
                )
            )
            #expect(try await otto.get(page).body.contains("a copy is kept in the database"))
            try Data(workshop.read("other.pem")).write(to: file)
            #expect(try await otto.get(page).body.contains("CN=root,O=Workshop"))
            let again = try await otto.post(page + "/refresh", ["version": "1"])
            #expect(again.status == 303)
            #expect(try await otto.get(page).body.contains("CN=other,O=Workshop"))
        }
    }

    @Test func `what is used is not deleted, and warns on the overview`() async throws {
        try await withConsole { scene in
            let workshop = try OpenSSLWorkshop()
            try workshop.authority("root")
            try workshop.issue("friend", by: "root", days: 10)
            let otto = try await scene.visitor(.otto)
            let page = try path(
                try await otto.upload(
                    Self.list + "/add",
                    ["kind": "recipient", "name": "Friend"],
                    ["certificate": workshop.read("friend.pem")]
                )
            )
            #expect(try await !otto.get("/t/borealis").body.contains("What ends soon"))
            let id = try #require(page.components(separatedBy: "/").last)
            _ = try await Furniture.makeProfile(otto, "borealis")
            try scene.home.arrange(
                """
                INSERT INTO certificate_uses (tenant_id, certificate_id, profile_id, field)
                SELECT tenant_id, '\(id)', id, 'encryptCertificate' FROM email_profiles
                """
            )
            let overview = try await otto.get("/t/borealis").body
            #expect(overview.contains("What ends soon") && overview.contains("<bdi>Friend</bdi>"))
            #expect(overview.contains("Ends in 10 days"))
            #expect(try await otto.get(page).body.contains("Main, Encryption certificate"))
            let refused = try await otto.post(page + "/delete", ["version": "1"])
            #expect(refused.status == 409)
            #expect(refused.body.contains("Main (Encryption certificate)"))
            try scene.home.arrange("DELETE FROM certificate_uses")
            let deleted = try await otto.post(page + "/delete", ["version": "1"])
            #expect(deleted.status == 303)
            #expect(try await otto.get(page).status == 404)
        }
    }

    @Test func `the search finds the page, and a cloud tenant has none`() async throws {
        try await withConsole { scene in
            let otto = try await scene.visitor(.otto)
            let found = try await otto.get("/t/borealis/search?q=csr").body
            #expect(found.contains(#"href="/t/borealis/certificates""#))
            #expect(try await otto.get("/t/borealis").body.contains(">Certificates</a>"))
            let ada = try await scene.visitor(.ada)
            #expect(try await ada.get("/t/acme/certificates").status == 404)
            #expect(try await !ada.get("/t/acme").body.contains(">Certificates</a>"))
            #expect(try await !ada.get("/t/acme/search?q=csr").body.contains("/certificates\""))
        }
    }

    @Test func `files are taken where they belong only, up to their limit`() async throws {
        try await withConsole { scene in
            let otto = try await scene.visitor(.otto)
            let large = [UInt8](repeating: 65, count: 3 << 20)
            let elsewhere = try await otto.upload("/t/borealis/email/profiles/new", [:], [:])
            #expect(elsewhere.status == 415)
            let fields = ["kind": "authority", "name": "Large"]
            let here = try await otto.upload(Self.list + "/add", fields, ["certificate": large])
            #expect(here.status == 422)
            #expect(here.body.contains("larger than a certificate can be"))
            let tooLarge = large + large
            let answer = try await otto.upload(
                Self.list + "/add",
                fields,
                ["certificate": tooLarge]
            )
            #expect(answer.status == 413)
        }
    }
}
