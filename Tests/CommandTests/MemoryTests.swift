import Capture
import Cryptography
import Foundation
import Observability
import Postgres
import Sockets
import TestCertificates
import TestSupport
import Testing

/// What a running server has in its memory after it was given secrets and has used them.
///
/// The process lets nobody look but root.
@Suite(.enabled(if: geteuid() == 0), .timeLimit(.minutes(5))) struct MemoryTests {
    private static let signInPassword = Canary(text: "Otto#signs/in+with=seven:canaries")
    private static let password = Canary(text: "Canary#7f3a/Tweets+Never=in:the_cage!")
    private static let username = Canary(text: "canary.user+9c41@in.the.coal.mine")
    private static let short = Canary(text: "Cnry#7f3a/q")

    @Test(arguments: ["http", "https"])
    func `after sends with sign-in no secret is in the memory of the server`(
        _ scheme: String
    ) async throws {
        try await withKeys { scene in
            let authority = try Authority()
            let server = try await start(scene, scheme == "https" ? authority : nil)
            defer { server.signal(SIGKILL) }
            let loops = try EventLoopGroup(count: 1)
            let pool = BlockingPool(threads: 1, queueLimit: 100)
            let otto = try await Browser(
                try #require(Self.address(of: server)),
                trusting: scheme == "https" ? authority.certificatePEM : nil,
                on: loops.next
            )
            try await otto.signIn("otto@borealis.example", Self.signInPassword.text)
            for tls in ["none", "startTLS"] {
                let relay = CaptureServer(
                    on: loops.next,
                    address: try #require(SocketAddress(numeric: "127.0.0.1", port: 0)),
                    tls: tls == "none" ? nil : try Self.context(authority),
                    store: CaptureStore(
                        folder: scene.folder.appending(path: tls).path,
                        pool: pool
                    )
                )
                let port = try await relay.listen().port
                for mechanism in ["plain", "login"] {
                    try await send(otto, scene, port, mechanism, tls)
                }
                await relay.stop()
            }
            // The browser's connection is still open.
            try await expectNothing(server, scene)
            await otto.close()
            server.signal(SIGTERM)
            #expect(await server.end().status == 0)
            pool.stop()
            loops.stop()
        }
    }

    /// Makes a person and starts the server.
    private func start(
        _ scene: KeyScene,
        _ authority: Authority?
    ) async throws -> SendproofProcess {
        let file = scene.folder.appending(path: "password")
        try Data(Self.signInPassword.text.utf8).write(to: file)
        let setup = try await scene.run(
            "setup --operator-email otto@borealis.example --tenant borealis "
                + "--password-file \(file.path)"
        )
        try #require(setup.status == 0, "\(setup.complaint)")
        var changes: [String: String] = [:]
        if let authority {
            let identity = try authority.issue(names: ["IP:127.0.0.1"])
            let files = ["CERTIFICATE": identity.certificatePEM, "KEY": identity.keyPEM]
            for (name, bytes) in files {
                let file = scene.folder.appending(path: name)
                try Data(bytes).write(to: file)
                changes["SENDPROOF_TLS_\(name)"] = file.path
            }
        }
        let server = try scene.start("serve", changes)
        await server.prints("Listening on")
        return server
    }

    private static func address(of server: SendproofProcess) -> SocketAddress? {
        let words = server.output.split(separator: " ").last?.split(separator: ":")
        let port = words?.last.flatMap { UInt16($0.filter(\.isNumber)) }
        return port.flatMap { SocketAddress(numeric: "127.0.0.1", port: $0) }
    }

    private static func context(_ authority: Authority) throws -> TLSContext {
        let identity = try authority.issue(names: ["IP:127.0.0.1"])
        return try TLSContext.server(
            certificatePEM: identity.certificatePEM,
            keyPEM: Redacted(identity.keyPEM)
        )
    }

    /// Saves a profile with the canaries and sends with it.
    private func send(
        _ otto: Browser,
        _ scene: KeyScene,
        _ port: UInt16,
        _ mechanism: String,
        _ tls: String
    ) async throws {
        for password in [Self.password, Self.short] {
            let fields = [
                "name": "\(mechanism) \(tls) \(password.text.count)", "description": "",
                "fromAddress": "no-reply@borealis.example", "fromName": "No Reply",
                "host": "127.0.0.1", "port": "\(port)", "timeoutSeconds": "20", "tls": tls,
                "verifyCertificate": "", "heloName": "", "authentication": mechanism,
                "allowPlaintextAuthentication": "on", "usernameAction": "replace",
                "usernameValue": Self.username.text, "passwordAction": "replace",
                "passwordValue": password.text, "passwordConfirm": password.text,
                "version": "0", "action": "save",
            ]
            let form = "/t/borealis/email/profiles/new"
            let saved = try await otto.post(form, fields)
            try #require(saved.status == 303, "\(saved.body)")
            let place = try #require(saved.field("location")?.split(separator: "?").first)
            let kept = ["usernameAction": "keep", "passwordAction": "keep", "version": "1"]
            let send = ["action": "testSend", "recipient": "ada@acme.example"]
            let tested = try await otto.post(
                String(place) + "/edit",
                fields.filter { !$0.key.hasSuffix("Value") && !$0.key.hasSuffix("Confirm") }
                    .merging(kept) { $1 }.merging(send) { $1 }
            )
            try #require(tested.status == 303, "\(tested.status) \(tested.body)")
            let test = try #require(tested.field("location")?.split(separator: "/").last)
            #expect(try outcome(String(test), scene) == "accepted")
        }
    }

    private func outcome(_ test: String, _ scene: KeyScene) throws -> String? {
        let connection = try BlockingConnection(scene.home.administrator)
        while true {
            let found = try connection.query(
                "SELECT outcome FROM test_runs WHERE id = $1::uuid",
                [test]
            )
            let row = try #require(found.first)
            if let outcome = row[0] { return outcome }
        }
    }

    /// Looks until the server has come to rest and nothing is there; what stays is a finding.
    private func expectNothing(_ server: SendproofProcess, _ scene: KeyScene) async throws {
        let memory = ProcessMemory(process: server.id)
        let master = try scene.ring.key(KeyID("old")).reveal()
        // So that a look that sees nothing at all is not taken for a clean one.
        #expect(try !memory.findings(of: ["master key": master]).isEmpty)
        let needles = [Self.signInPassword, Self.password, Self.username, Self.short]
            .reduce(into: [:]) { $0.merge($1.needles) { $1 } }
        var found: [ProcessMemory.Finding] = []
        for _ in 0..<20 {
            found = try memory.findings(of: needles)
            if found.isEmpty { break }
            try await Task.sleep(for: .milliseconds(500))
        }
        #expect(found.isEmpty, "\(found.map(\.description).sorted().joined(separator: "\n"))")
    }
}
