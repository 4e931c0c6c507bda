import Accounts
import Cryptography
import Foundation
import Observability
import Postgres
import Secrets
import TestSupport
import Testing

@Suite struct CertificateStoreTests {
    private func reason(_ body: () async throws -> Void) async -> String? {
        do {
            try await body()
            return nil
        } catch {
            if let refusal = error as? CertificateRefusal {
                return "\(refusal.field) \(refusal.reason)"
            }
            return "\(error)"
        }
    }

    private func word(_ text: String) -> Redacted<[UInt8]> { Redacted(Array(text.utf8)) }

    private func workshop(_ names: String...) throws -> OpenSSLWorkshop {
        let workshop = try OpenSSLWorkshop()
        try workshop.authority("root")
        for name in names { try workshop.issue(name, by: "root") }
        return workshop
    }

    private func pkcs12(_ workshop: OpenSSLWorkshop, _ name: String, _ options: String = "") throws
        -> Redacted<[UInt8]>
    {
        try workshop.run(
            "pkcs12 -export -in \(name).pem -inkey \(name).key -certfile root.pem "
                + "-passout pass:secret -out \(name).p12 \(options)"
        )
        return Redacted(try workshop.read("\(name).p12"))
    }

    @Test func `a request waits for its certificate, and takes only its own`() async throws {
        try await withCertificates { scene in
            let workshop = try workshop("other")
            let id = try await scene.store.createRequest(
                "Relay",
                .ecP256,
                for: CertificateSubject(commonName: "sendproof"),
                names: [.dns("app.borealis.example")],
                scene.borealis
            )
            let waiting = try await scene.store.show(id, scene.borealis)
            #expect(waiting.kind == .request)
            #expect(waiting.problem == .waiting)
            let request = try #require(waiting.request)
            try workshop.write(request.pem, to: "relay.csr")
            try workshop.sign("relay.csr", to: "relay.pem", by: "root")

            let other = Redacted(try workshop.read("other.pem"))
            let right = Redacted(
                try workshop.read("root.pem") + workshop.read("relay.pem")
            )
            let refused = await reason {
                _ = try await scene.store.install(
                    other,
                    password: nil,
                    into: id,
                    version: 1,
                    scene.borealis
                )
            }
            #expect(refused == "certificate keyDoesNotBelong")
            _ = try await scene.store.install(
                right,
                password: nil,
                into: id,
                version: 1,
                scene.borealis
            )
            let own = try await scene.store.show(id, scene.borealis)
            #expect(own.kind == .own)
            #expect(own.certificates.map(\.shortName) == ["sendproof", "root"])
            #expect(own.problem == nil)
            #expect(own.version == 2)
            let material = try await scene.store.material(
                of: id,
                for: .clientCertificate,
                scene.borealis
            )
            let pem = try material.pem()
            try workshop.write(pem.reveal { $0 }, to: "identity.pem")
            #expect(
                try workshop.run("pkey -in identity.pem -pubout")
                    == workshop.run("x509 -in identity.pem -noout -pubkey")
            )
            #expect(try scene.audited() == ["certificate.requested", "certificate.installed"])
        }
    }

    @Test func `what has expired or is not valid yet is not installed`() async throws {
        try await withCertificates { scene in
            let workshop = try workshop()
            try workshop.issue("short", by: "root", days: 2)
            let short = try workshop.read("short.pem")
            scene.clock.advance(days: -3)
            let early = await reason {
                _ = try await scene.store.add(.recipient, "Early", short, scene.borealis)
            }
            #expect(early == "certificate notYetValid")
            scene.clock.advance(days: 6)
            let late = await reason {
                _ = try await scene.store.add(.recipient, "Late", short, scene.borealis)
            }
            #expect(late == "certificate expired")
            #expect(try await scene.store.list(scene.borealis).isEmpty)
            #expect(try scene.audited().isEmpty)
        }
    }

    @Test func `PKCS#12 of today and of old is kept, and opened for use`() async throws {
        try await withCertificates { scene in
            let workshop = try workshop("otto", "emma")
            let today = try await scene.store.addOwn(
                "Today",
                pkcs12(workshop, "otto"),
                password: word("secret"),
                scene.borealis
            )
            let old = try await scene.store.addOwn(
                "Old",
                pkcs12(workshop, "emma", "-legacy"),
                password: word("secret"),
                scene.borealis
            )
            #expect(!today.usesOldCipher)
            #expect(old.usesOldCipher)
            let refused = await reason {
                _ = try await scene.store.addOwn(
                    "Third",
                    pkcs12(workshop, "otto"),
                    password: word("guess"),
                    scene.borealis
                )
            }
            #expect(refused == "password wrongPassword")
            let material = try await scene.store.material(
                of: old.id,
                for: .signCertificate,
                scene.borealis
            )
            #expect(material.certificates.map(\.shortName) == ["emma", "root"])
            #expect(material.privateKey != nil)
            let replaced = try await scene.store.install(
                pkcs12(workshop, "otto", "-legacy"),
                password: word("secret"),
                into: old.id,
                version: 1,
                scene.borealis
            )
            #expect(replaced)
            let stored = try await scene.store.show(old.id, scene.borealis)
            #expect(stored.certificates.first?.shortName == "otto")
        }
    }

    @Test func `a name is the tenant's own and taken once`() async throws {
        try await withCertificates { scene in
            let workshop = try workshop("otto")
            let pem = try workshop.read("otto.pem")
            let id = try await scene.store.add(.recipient, "Otto", pem, scene.borealis)
            _ = try await scene.store.add(.recipient, "Otto", pem, scene.cassini)
            let taken = await reason {
                _ = try await scene.store.add(.recipient, "otto", pem, scene.borealis)
            }
            #expect(taken == "name taken")
            for name in ["", " ", "a\u{7}b", String(repeating: "n", count: 65)] {
                let refused = await reason {
                    try await scene.store.rename(id, to: name, version: 1, scene.borealis)
                }
                #expect(refused == "name invalid")
            }
            try await scene.store.rename(id, to: "Otto B.", version: 1, scene.borealis)
            let stale = await reason {
                try await scene.store.rename(id, to: "Otto C.", version: 1, scene.borealis)
            }
            #expect(stale == "name changed")
            #expect(try await scene.store.list(scene.borealis).map(\.name) == ["Otto B."])
        }
    }

    @Test func `nothing of one tenant is another's, and a cloud tenant has none`() async throws {
        try await withCertificates { scene in
            let workshop = try workshop("otto")
            let pem = try workshop.read("otto.pem")
            let id = try await scene.store.add(.recipient, "Otto", pem, scene.borealis)
            #expect(try await scene.store.list(scene.cassini).isEmpty)
            await #expect(throws: AccountsError.notFound) {
                try await scene.store.show(id, scene.cassini)
            }
            await #expect(throws: AccountsError.notFound) {
                try await scene.store.delete(id, version: 1, scene.cassini)
            }
            let foreign = await reason {
                _ = try await scene.store.material(
                    of: id,
                    for: .encryptCertificate,
                    scene.cassini
                )
            }
            #expect(foreign == "encryptCertificate missing")
            await #expect(throws: AccountsError.notFound) {
                try await scene.store.add(.recipient, "Otto", pem, scene.acme)
            }
            #expect(throws: PostgresError.self) {
                try scene.home.arrange(
                    """
                    INSERT INTO certificates (id, tenant_id, edition, name, kind, certificates,
                        created_by, updated_by)
                    VALUES (gen_random_uuid(), '\(scene.acme.tenant.id)', 'onPremises', 'Otto',
                        'recipient', 'x', '', '')
                    """
                )
            }
        }
    }

    @Test func `what is used is not deleted, and says where it is used`() async throws {
        try await withCertificates { scene in
            let workshop = try workshop()
            let pem = try workshop.read("root.pem")
            let id = try await scene.store.add(.authority, "Root", pem, scene.borealis)
            try scene.profile("Main relay", uses: id, as: "trustedCA")
            do {
                try await scene.store.delete(id, version: 1, scene.borealis)
                Issue.record("it was deleted")
            } catch let refusal as CertificateRefusal {
                #expect(refusal.reason == "used")
                #expect(refusal.userText.contains("Main relay (Trusted certificate authority)"))
            }
            #expect(try await scene.store.show(id, scene.borealis).uses.count == 1)
            #expect(throws: PostgresError.self) {
                try scene.home.arrange("DELETE FROM certificates")
            }
            try scene.home.arrange("DELETE FROM email_profiles")
            try await scene.store.delete(id, version: 1, scene.borealis)
            #expect(try await scene.store.list(scene.borealis).isEmpty)
            #expect(try scene.audited().last == "certificate.deleted")
        }
    }

    @Test func `each field of a profile is offered what serves it`() async throws {
        try await withCertificates { scene in
            let workshop = try workshop()
            try workshop.issue(
                "mailer",
                by: "root",
                extensions: "extendedKeyUsage=emailProtection"
            )
            try workshop.issue("client", by: "root", extensions: "extendedKeyUsage=clientAuth")
            try workshop.issue("friend", by: "root", days: 20)
            for name in ["mailer", "client"] {
                _ = try await scene.store.addOwn(
                    name,
                    pkcs12(workshop, name),
                    password: word("secret"),
                    scene.borealis
                )
            }
            _ = try await scene.store.add(
                .recipient,
                "friend",
                workshop.read("friend.pem"),
                scene.borealis
            )
            _ = try await scene.store.add(
                .authority,
                "root",
                workshop.read("root.pem"),
                scene.borealis
            )
            func offered(_ role: CertificateRole) async throws -> [String] {
                (try await scene.store.choices(scene.borealis)[role] ?? [])
                    .map { "\($0.name) \($0.problem?.reason ?? "fine")" }
            }
            #expect(try await offered(.trustedCA) == ["root fine"])
            #expect(
                try await offered(.clientCertificate) == ["client fine", "mailer unsuitable"]
            )
            #expect(try await offered(.signCertificate) == ["client unsuitable", "mailer fine"])
            #expect(
                try await offered(.encryptCertificate)
                    == ["client unsuitable", "friend endsSoon", "mailer fine"]
            )
            let unsuitable = await reason {
                _ = try await scene.store.add(
                    .authority,
                    "no authority",
                    workshop.read("friend.pem"),
                    scene.borealis
                )
            }
            #expect(unsuitable == "certificate unsuitable")
        }
    }

    @Test func `a warning begins 30 days before the end, for what is in use`() async throws {
        try await withCertificates { scene in
            let workshop = try workshop()
            try workshop.issue("friend", by: "root", days: 60)
            let id = try await scene.store.add(
                .recipient,
                "friend",
                workshop.read("friend.pem"),
                scene.borealis
            )
            scene.clock.advance(days: 29)
            #expect(try await scene.store.show(id, scene.borealis).problem == nil)
            scene.clock.advance(days: 1)
            let soon = try await scene.store.show(id, scene.borealis)
            #expect(soon.problem == .endsSoon(days: 29) || soon.problem == .endsSoon(days: 30))
            #expect(try await scene.store.endingSoon(scene.borealis).isEmpty)
            try scene.profile("Main", uses: id, as: "encryptCertificate")
            #expect(try await scene.store.endingSoon(scene.borealis).map(\.name) == ["friend"])
            scene.clock.advance(days: 31)
            #expect(try await scene.store.show(id, scene.borealis).problem?.reason == "expired")
            let refused = await reason {
                _ = try await scene.store.material(
                    of: id,
                    for: .encryptCertificate,
                    scene.borealis
                )
            }
            #expect(refused == "encryptCertificate expired")
        }
    }

    @Test func `a key moved to another certificate cannot be opened`() async throws {
        try await withCertificates { scene in
            let workshop = try workshop("otto", "emma")
            var ids: [Postgres.UUID] = []
            for name in ["otto", "emma"] {
                ids.append(
                    try await scene.store.addOwn(
                        name,
                        pkcs12(workshop, name),
                        password: word("secret"),
                        scene.borealis
                    ).id
                )
            }
            try scene.home.arrange(
                """
                UPDATE certificates SET private_key =
                    (SELECT private_key FROM certificates WHERE name = 'emma')
                """
            )
            await #expect(throws: SecretsError.destinationChanged) {
                try await scene.store.material(of: ids[0], for: .signCertificate, scene.borealis)
            }
            let emma = try await scene.store.material(
                of: ids[1],
                for: .signCertificate,
                scene.borealis
            )
            #expect(emma.privateKey != nil)
        }
    }
}
