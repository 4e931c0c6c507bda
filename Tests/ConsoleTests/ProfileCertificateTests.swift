import Foundation
import Postgres
import TestSupport
import Testing

/// Certificates of the store in a profile: chosen, tried out, used, refused, gone.
@Suite struct ProfileCertificateTests {
    private static let new = "/t/borealis/email/profiles/new"
    private static let mail =
        "keyUsage=critical,digitalSignature,keyEncipherment;extendedKeyUsage=emailProtection,clientAuth;"
        + "subjectAltName=email:no-reply@borealis.example"

    /// Puts a certificate into the store; gives its ID.
    private func add(
        _ kind: String,
        _ name: String,
        _ bytes: [UInt8],
        _ visitor: Visitor
    ) async throws -> String {
        let answer = try await visitor.upload(
            "/t/borealis/certificates/add",
            ["kind": kind, "name": name],
            ["certificate": bytes]
        )
        let location = try #require(answer.header("location"), "\(answer.body)")
        return try #require(
            location.components(separatedBy: "?")[0].components(separatedBy: "/").last
        )
    }

    private func workshop() throws -> OpenSSLWorkshop {
        let workshop = try OpenSSLWorkshop()
        try workshop.authority("root")
        try workshop.issue("mailer", by: "root", extensions: Self.mail)
        try workshop.issue("friend", by: "root", extensions: Self.mail)
        return workshop
    }

    @Test func `signing and encryption are tried out with what is on the form`() async throws {
        try await withConsole { scene in
            let shop = try workshop()
            let otto = try await scene.visitor(.otto)
            let own = try await add(
                "own",
                "Mailer",
                shop.read("mailer.key") + shop.read("mailer.pem"),
                otto
            )
            let friend = try await add("recipient", "Friend", shop.read("friend.pem"), otto)
            var fields = Furniture.profile
            fields.merge([
                "signEnabled": "on", "signCertificate": own, "signDigest": "sha384",
                "attachCertificate": "on", "action": "verifySign",
            ]) { $1 }
            let signed = try await otto.post(Self.new, fields)
            #expect(signed.status == 200)
            #expect(signed.body.contains("The sample was signed"))
            #expect(signed.body.contains("SHA-384"))
            #expect(signed.body.contains("CN=mailer"))
            fields.merge([
                "encryptEnabled": "on", "encryptCertificate": friend,
                "encryptAlgorithm": "aes256GCM", "action": "verifyEncrypt",
            ]) { $1 }
            let encrypted = try await otto.post(Self.new, fields)
            #expect(encrypted.body.contains("The sample was encrypted"))
            #expect(encrypted.body.contains("AES-256-GCM"))
            #expect(encrypted.body.contains("CN=friend"))
            fields["action"] = "preview"
            let preview = try await otto.post(Self.new, fields)
            #expect(preview.body.contains("smime-type=authEnveloped-data"))
            fields["signCertificate"] = UUID().uuidString.lowercased()
            fields["action"] = "verifySign"
            let gone = try await otto.post(Self.new, fields)
            #expect(gone.status == 422)
            #expect(gone.body.contains(#"id="signCertificate-error""#))
            #expect(gone.body.contains("A certificate that is gone"))
        }
    }

    @Test func `what a profile uses is shown there and cannot be deleted`() async throws {
        try await withConsole { scene in
            let shop = try workshop()
            let otto = try await scene.visitor(.otto)
            let root = try await add("authority", "Root", shop.read("root.pem"), otto)
            let client = try await add(
                "own",
                "Client",
                shop.read("mailer.key") + shop.read("mailer.pem"),
                otto
            )
            let id = try await Furniture.makeProfile(
                otto,
                "borealis",
                ["trustedCA": root, "clientCertificate": client]
            )
            let shown = try await otto.get("/t/borealis/email/profiles/\(id)").body
            #expect(shown.contains(">Root<") && shown.contains(">Client<"))
            #expect(!shown.contains(root))
            let certificate = "/t/borealis/certificates/\(client)"
            #expect(try await otto.get(certificate).body.contains("/profiles/\(id)"))
            #expect(try await otto.post(certificate + "/delete", ["version": "1"]).status == 409)
            let test = try await otto.post(
                "/t/borealis/email/profiles/\(id)",
                ["action": "testConnection"]
            )
            #expect(test.status == 303)
            // Another authority is another destination: the password is asked for again.
            try shop.authority("other")
            let swapped = try await otto.upload(
                "/t/borealis/certificates/\(root)/install",
                ["version": "1"],
                ["certificate": shop.read("other.pem")]
            )
            #expect(swapped.status == 422)
            #expect(swapped.body.contains("It is trusted by: Main."))
            var fields = Furniture.profile.merging(ConflictTests.keep) { $1 }
            fields.merge(["version": "1", "trustedCA": "", "clientCertificate": client]) { $1 }
            let moved = try await otto.post("/t/borealis/email/profiles/\(id)/edit", fields)
            #expect(moved.status == 422)
            #expect(moved.body.contains("enter it again"))
            fields["trustedCA"] = root
            fields["clientCertificate"] = ""
            let freed = try await otto.post("/t/borealis/email/profiles/\(id)/edit", fields)
            #expect(freed.status == 303)
            #expect(try await otto.post(certificate + "/delete", ["version": "1"]).status == 303)
        }
    }

    @Test func `another certificate in the place of one that was proven needs another test`()
        async throws
    {
        try await withConsole { scene in
            let shop = try workshop()
            let otto = try await scene.visitor(.otto)
            let client = try await add(
                "own",
                "Client",
                shop.read("mailer.key") + shop.read("mailer.pem"),
                otto
            )
            let id = try await Furniture.makeProfile(
                otto,
                "borealis",
                ["clientCertificate": client]
            )
            let page = "/t/borealis/email/profiles/\(id)"
            func isProven() async throws -> Bool {
                try await otto.get(page).body.contains("exactly these values")
            }
            #expect(try await !isProven())
            #expect(try await otto.post(page, ["action": "testConnection"]).status == 303)
            #expect(try await isProven())
            try shop.sign("mailer.csr", to: "renewed.pem", by: "root", Self.mail)
            let certificate = "/t/borealis/certificates/\(client)"
            let replaced = try await otto.upload(
                certificate + "/install",
                ["version": "1"],
                ["certificate": shop.read("renewed.pem")]
            )
            #expect(replaced.status == 303, "\(replaced.body)")
            #expect(try await !isProven())
            #expect(try await otto.post(page, ["action": "testConnection"]).status == 303)
            #expect(try await isProven())
        }
    }

    @Test func `a certificate that cannot be used is refused with the reason`() async throws {
        try await withConsole { scene in
            let shop = try workshop()
            try shop.issue("client", by: "root", extensions: "extendedKeyUsage=clientAuth")
            let otto = try await scene.visitor(.otto)
            let root = try await add("authority", "Root", shop.read("root.pem"), otto)
            let client = try await add(
                "own",
                "Client",
                shop.read("client.key") + shop.read("client.pem"),
                otto
            )
            for (field, id, reason, also) in [
                ("signCertificate", client, "emailProtection", ["signEnabled": "on"]),
                ("signCertificate", root, "gone", ["signEnabled": "on"]),
                ("clientCertificate", root, "gone", [:]),
                ("trustedCA", client, "gone", [:]),
            ] {
                var fields = Furniture.profile.merging(also) { $1 }
                fields[field] = id
                let answer = try await otto.post(Self.new, fields)
                #expect(answer.status == 422, "\(field)")
                let message = answer.text(after: #"id="\#(field)-error""#, before: "</p>") ?? ""
                #expect(message.contains(reason), "\(field): \(message)")
            }
        }
    }

    @Test func `a switch whose certificate cannot be used any more is off and says so`()
        async throws
    {
        try await withConsole { scene in
            let shop = try workshop()
            let otto = try await scene.visitor(.otto)
            let file = scene.certificateFolder.appending(path: "mailer.pem")
            try Data(try shop.read("mailer.key") + shop.read("mailer.pem")).write(to: file)
            let named = try await otto.post(
                "/t/borealis/certificates/file",
                ["kind": "own", "name": "On disk", "fileName": "mailer.pem"]
            )
            let location = try #require(named.header("location"), "\(named.body)")
            let own = try #require(
                location.components(separatedBy: "?")[0].components(separatedBy: "/").last
            )
            let id = try await Furniture.makeProfile(
                otto,
                "borealis",
                ["signEnabled": "on", "signCertificate": own, "attachCertificate": "on"]
            )
            let path = "/t/borealis/email/profiles/\(id)/edit"
            let before = try await otto.get(path)
            #expect(before.body.contains(#"name="signEnabled" value="on" aria-labelledby"#))
            #expect(!before.body.contains("was switched off on this form"))
            try FileManager.default.removeItem(at: file)
            let after = try await otto.get(path)
            #expect(after.body.contains("Signing was switched off on this form"))
            #expect(after.body.contains("“On disk” cannot be used"))
            let box = after.text(after: #"id="signEnabled""#, before: ">") ?? "checked"
            #expect(!box.contains("checked"))
        }
    }
}
