import Accounts
import Cryptography
import Foundation
import Glibc
import Observability
import Postgres
import Secrets
import TestSupport
import Testing

/// Files of the certificate folder, honest and hostile.
@Suite struct CertificateFolderTests {
    private func reason(_ body: () async throws -> Void) async -> String? {
        do {
            try await body()
            return nil
        } catch {
            guard let refusal = error as? CertificateRefusal else { return "\(error)" }
            return "\(refusal.field) \(refusal.reason)"
        }
    }

    private func choice(
        _ kind: CertificateKind,
        _ file: String,
        password: String? = nil,
        cached: Bool
    ) -> CertificateFileChoice {
        CertificateFileChoice(
            kind: kind,
            fileName: file,
            password: password.map { Redacted(Array($0.utf8)) },
            isCached: cached
        )
    }

    private func put(_ bytes: [UInt8], _ name: String, in scene: CertificateScene) throws {
        try Data(bytes).write(to: scene.folder.appending(path: name))
    }

    @Test func `without the cache the file is read at each use, with it once`() async throws {
        try await withCertificates { scene in
            let workshop = try OpenSSLWorkshop()
            try workshop.authority("root")
            for name in ["otto", "emma"] { try workshop.issue(name, by: "root") }
            func pair(_ name: String) throws -> [UInt8] {
                try workshop.read("\(name).key") + workshop.read("\(name).pem")
            }
            try put(pair("otto"), "relay.pem", in: scene)
            let live = try await scene.store.addFile(
                "Live",
                choice(.own, "relay.pem", cached: false),
                scene.borealis
            ).id
            let copy = try await scene.store.addFile(
                "Copy",
                choice(.own, "relay.pem", cached: true),
                scene.borealis
            ).id
            func used(_ id: Postgres.UUID) async throws -> String? {
                try await scene.store.material(of: id, for: .clientCertificate, scene.borealis)
                    .certificates.first?.shortName
            }
            try put(pair("emma"), "relay.pem", in: scene)
            #expect(try await used(live) == "emma")
            #expect(try await used(copy) == "otto")
            try await scene.store.refresh(copy, version: 1, scene.borealis)
            #expect(try await used(copy) == "emma")

            try FileManager.default.removeItem(at: scene.folder.appending(path: "relay.pem"))
            #expect(try await used(copy) == "emma")
            let gone = await reason { _ = try await used(live) }
            #expect(gone == "clientCertificate unreadable")
            let shown = try await scene.store.show(live, scene.borealis)
            #expect(shown.problem?.reason == "unreadable")
            #expect(shown.certificates.isEmpty)
            let kept = try BlockingConnection(scene.home.administrator).query(
                "SELECT name FROM certificates WHERE private_key IS NULL AND certificates IS NULL"
            )
            #expect(kept == [["Live"]])
        }
    }

    @Test func `a PKCS#12 file opens with the password that is kept sealed`() async throws {
        try await withCertificates { scene in
            let workshop = try OpenSSLWorkshop()
            try workshop.authority("root")
            try workshop.issue("otto", by: "root")
            try workshop.run(
                "pkcs12 -export -in otto.pem -inkey otto.key -passout pass:canary-word "
                    + "-out otto.p12 -legacy"
            )
            try put(workshop.read("otto.p12"), "otto.p12", in: scene)
            let refused = await reason {
                _ = try await scene.store.addFile(
                    "Otto",
                    choice(.own, "otto.p12", password: "guess", cached: false),
                    scene.borealis
                )
            }
            #expect(refused == "password wrongPassword")
            let added = try await scene.store.addFile(
                "Otto",
                choice(.own, "otto.p12", password: "canary-word", cached: false),
                scene.borealis
            )
            #expect(added.usesOldCipher)
            #expect(try await scene.store.show(added.id, scene.borealis).usesOldCipher)
            let material = try await scene.store.material(
                of: added.id,
                for: .signCertificate,
                scene.borealis
            )
            #expect(material.privateKey != nil)
            let rows = try BlockingConnection(scene.home.administrator).query(
                "SELECT encode(file_password, 'escape') FROM certificates"
            )
            #expect(rows.count == 1)
            #expect(rows[0][0]?.contains("canary") == false)
        }
    }

    @Test func `no name and no link leads out of the folder`() async throws {
        try await withCertificates { scene in
            let workshop = try OpenSSLWorkshop()
            try workshop.authority("root")
            try put(workshop.read("root.pem"), "root.pem", in: scene)
            let outside = workshop.folder.appending(path: "root.pem").path
            let inside = scene.folder.path
            #expect(symlink(outside, "\(inside)/link.pem") == 0)
            #expect(symlink("root.pem", "\(inside)/near.pem") == 0)
            #expect(mkdir("\(inside)/folder", 0o700) == 0)
            #expect(mkfifo("\(inside)/pipe", 0o600) == 0)
            try put([UInt8](repeating: 65, count: 1_048_577), "large.pem", in: scene)
            for (name, expected) in [
                ("../root.pem", "notPlain"), ("/etc/passwd", "notPlain"), ("", "notPlain"),
                (".", "notPlain"), ("..", "notPlain"), (".hidden", "notPlain"),
                ("folder/root.pem", "notPlain"), ("a\\b", "notPlain"), ("a\u{0}b", "notPlain"),
                (String(repeating: "n", count: 256), "notPlain"), ("missing.pem", "notFound"),
                ("link.pem", "isLink"), ("near.pem", "isLink"), ("folder", "notAFile"),
                ("pipe", "notAFile"), ("large.pem", "tooLarge"),
            ] {
                let refused = await reason {
                    _ = try await scene.store.addFile(
                        "Root",
                        choice(.authority, name, cached: true),
                        scene.borealis
                    )
                }
                #expect(refused == "fileName \(expected)", "\(name)")
            }
            _ = try await scene.store.addFile(
                "Root",
                choice(.authority, "root.pem", cached: true),
                scene.borealis
            )
        }
    }

    @Test func `a certificate without its key is not an own one`() async throws {
        try await withCertificates { scene in
            let workshop = try OpenSSLWorkshop()
            try workshop.authority("root")
            try workshop.issue("otto", by: "root")
            try put(workshop.read("otto.pem"), "otto.pem", in: scene)
            let refused = await reason {
                _ = try await scene.store.addFile(
                    "Otto",
                    choice(.own, "otto.pem", cached: true),
                    scene.borealis
                )
            }
            #expect(refused == "certificate noKey")
        }
    }
}
