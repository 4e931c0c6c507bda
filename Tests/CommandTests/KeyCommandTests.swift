import Cryptography
import Foundation
import Postgres
import TestSupport
import Testing

/// The key file and the commands that change it, and what a process says of wrong keys.
@Suite struct KeyCommandTests {
    @Test func `a key is added, made the one that seals, and stays readable by its owner only`()
        async throws
    {
        try await withKeys { scene in
            #expect(try await scene.run("keys generate --add --id next \(scene.file)").status == 0)
            #expect(try scene.ring.ids.map(\.text) == ["old", "next"])
            #expect(try await scene.run("keys activate next").status == 0)
            #expect(try scene.ring.activeID.text == "next")
            let facts = try FileManager.default.attributesOfItem(atPath: scene.file)
            #expect(facts[.posixPermissions] as? Int == 0o600)
            let files = try FileManager.default.contentsOfDirectory(atPath: scene.folder.path)
            #expect(files == ["master-keys"])
            let again = try await scene.run("keys generate --add --id next \(scene.file)")
            #expect(again.status == 1)
            #expect(again.complaint.contains("the name next is there twice"))
            #expect(try await scene.run("keys generate \(scene.file)").status == 1)
            #expect(try scene.ring.ids.map(\.text) == ["next", "old"])
        }
    }

    @Test func `status counts what needs each key, and retire refuses while something does`()
        async throws
    {
        try await withKeys { scene in
            let population = SecretPopulation(scene)
            let old = try scene.ring
            try await population.fill(try population.makeTenants(4), each: 1, old)
            try await scene.configureRelay(old)
            #expect(
                try await scene.run("keys generate --add --active --id new \(scene.file)").status
                    == 0
            )

            let before = try await scene.run("keys status")
            #expect(before.output.contains("new (seals): nothing needs it yet"))
            #expect(
                before.output.contains("old (opens): needed by 4 in data_keys, 1 in platform_relay")
            )
            let refused = try await scene.run("keys retire old --json")
            #expect(refused.status == 1)
            #expect(refused.output.contains(#""data_keys" : 4"#))
            #expect(try scene.ring.ids.count == 2)

            let rotated = try await scene.run("keys rotate --json")
            #expect(rotated.status == 0, "\(rotated.complaint)")
            #expect(rotated.output.contains(#""failed" : ["#))
            #expect(rotated.output.contains(#""data_keys" : 4"#))
            let after = try await scene.run("keys status --json")
            #expect(after.output.contains(#""removable" : true"#))
            let active = try await scene.run("keys retire new")
            #expect(active.status == 1)
            #expect(active.complaint.contains("new is the key that seals"))
            #expect(try await scene.run("keys retire old").status == 0)
            #expect(try await scene.run("keys status").output.contains("old") == false)
            let actions = try BlockingConnection(scene.home.administrator).query(
                "SELECT action FROM audit_events WHERE action LIKE 'keys.%' ORDER BY number"
            )
            #expect(
                actions == [["keys.rotationStarted"], ["keys.rotated"], ["keys.retired"]]
            )
        }
    }

    @Test func `nothing is sealed with a retired key, by a process that still has it either`()
        async throws
    {
        try await withKeys { scene in
            let population = SecretPopulation(scene)
            let stale = try scene.ring
            #expect(
                try await scene.run("keys generate --add --active --id new \(scene.file)").status
                    == 0
            )
            #expect(try await scene.run("keys retire old").status == 0)
            let tenant = try #require(try population.makeTenants(1).first)
            do {
                try await population.add(1, to: tenant, stale)
                Issue.record("it was sealed with a retired key")
            } catch let error as PostgresError {
                #expect(error.constraint == "retired_master_keys")
            }
            await #expect(throws: PostgresError.self) { try await scene.configureRelay(stale) }
            try await population.add(1, to: tenant, scene.ring)
            #expect(try await population.unreadable(scene.ring) == 0)
        }
    }

    /// Wrong keys, and the words for each.
    enum Trouble: String, CaseIterable, CustomTestStringConvertible {
        case missingFile = "cannot be read"
        case directory = "not a file"
        case exposed = "chmod 600"
        case malformed = "line 1: there is no colon"
        case unset = "SENDPROOF_MASTER_KEYS_FILE must name the file"
        case lacking = "The master key old is not in"
        case another = "has another key under the name old"
        case relayOnly = "The secrets of the platform's relay cannot be opened"
        case retired = "was retired"

        var testDescription: String { "\(self)" }
    }

    @Test(arguments: Trouble.allCases)
    func `with wrong keys no command starts, each says which, and nothing is changed`(
        _ trouble: Trouble
    ) async throws {
        try await withKeys { scene in
            let changes = try await bring(about: trouble, scene)
            let before = try Self.contents(scene)
            let commands = ["serve", "worker", "setup --operator-email o@x.example --tenant t2"]
            let password = scene.folder.appending(path: "password").path
            try "correct horse battery staple".write(
                toFile: password,
                atomically: true,
                encoding: .utf8
            )
            for command in commands {
                let line =
                    command.hasPrefix("setup")
                    ? command + " --password-file \(password)" : command
                let end = try await scene.run(line, changes)
                #expect(end.status == 1, "\(command)")
                #expect(end.complaint.contains(trouble.rawValue), "\(command): \(end.complaint)")
                #expect(!end.output.contains("Listening"))
                if changes.isEmpty { #expect(end.complaint.contains(scene.file)) }
            }
            #expect(try Self.contents(scene) == before)
        }
    }

    /// Makes the trouble; gives what it takes in the environment.
    private func bring(about trouble: Trouble, _ scene: KeyScene) async throws -> [String: String] {
        let population = SecretPopulation(scene)
        let old = try scene.ring
        if trouble == .relayOnly || trouble == .lacking { try await scene.configureRelay(old) }
        if trouble != .relayOnly {
            try await population.fill(try population.makeTenants(2), each: 1, old)
        }
        let file = URL(filePath: scene.file)
        switch trouble {
        case .missingFile: try FileManager.default.removeItem(at: file)
        case .directory: return ["SENDPROOF_MASTER_KEYS_FILE": "/tmp"]
        case .unset: return ["SENDPROOF_MASTER_KEYS_FILE": ""]
        case .exposed:
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o644],
                ofItemAtPath: scene.file
            )
        case .malformed: try replace(scene, with: "no key at all\n")
        case .lacking: try replace(scene, with: Self.line("new"))
        case .another, .relayOnly: try replace(scene, with: Self.line("old"))
        case .retired:
            let line = try String(contentsOfFile: scene.file, encoding: .utf8)
            #expect(
                try await scene.run("keys generate --add --active --id new \(scene.file)").status
                    == 0
            )
            #expect(try await scene.run("keys rotate").status == 0)
            let new = try String(contentsOfFile: scene.file, encoding: .utf8)
                .split(separator: "\n")[0]
            #expect(try await scene.run("keys retire old").status == 0)
            try replace(scene, with: line + new + "\n")
        }
        return [:]
    }

    private static func line(_ name: String) throws -> String {
        let line = MasterKeyRing.generate(id: try KeyID(name), random: .system)
        return String(decoding: line.reveal(), as: UTF8.self)
    }

    private func replace(_ scene: KeyScene, with text: String) throws {
        try Data(text.utf8).write(to: URL(filePath: scene.file))
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o600],
            ofItemAtPath: scene.file
        )
    }

    /// What a command might have changed.
    private static func contents(_ scene: KeyScene) throws -> [[String?]] {
        try BlockingConnection(scene.home.administrator).query(
            """
            SELECT (SELECT count(*) FROM tenants)::text, (SELECT count(*) FROM users)::text,
                (SELECT count(*) FROM audit_events)::text,
                (SELECT string_agg(wrapped::text, ',' ORDER BY tenant_id) FROM data_keys)
            """
        )
    }
}
