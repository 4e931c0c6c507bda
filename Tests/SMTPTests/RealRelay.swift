import Foundation
import Testing

@testable import SMTP
@testable import Sockets

/// Postfix and Dovecot as `Tests/MailServers/start` starts them, once for all tests.
struct RealRelay: Sendable {
    let values: [String: String]

    struct Failure: Error { let reason: String }

    /// The servers need root; elsewhere their tests are skipped.
    static var isPossible: Bool { getuid() == 0 }

    private static let started = Swift.Result { try start() }

    static func shared() throws -> RealRelay { try started.get() }

    private static func start() throws -> RealRelay {
        if let directory = ProcessInfo.processInfo.environment["SENDPROOF_MAIL_SERVERS"] {
            return try RealRelay(directory: directory)
        }
        let scripts = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../MailServers").standardizedFileURL
        let directory = FileManager.default.temporaryDirectory
            .appending(path: "mail-servers-\(UUID().uuidString)").path
        // Not Foundation's Process: it takes its child for running as long as the servers do.
        let script = scripts.appending(path: "start").path
        guard system("'\(script)' '\(directory)' \(getpid()) >/dev/null </dev/null") == 0 else {
            throw Failure(reason: "the mail servers do not start")
        }
        return try RealRelay(directory: directory)
    }

    private init(directory: String) throws {
        let text = try String(contentsOfFile: directory + "/env", encoding: .utf8)
        var values: [String: String] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { continue }
            values[parts[0]] = parts[1].trimmingCharacters(in: CharacterSet(charactersIn: "'"))
        }
        self.values = values
        // Before any test makes its first Kerberos call; nothing else reads the environment then.
        if let path = values["KRB5_CONFIG"] { setenv("KRB5_CONFIG", path, 1) }
    }

    func value(_ name: String) throws -> String {
        try #require(values[name])
    }

    /// Settings for one of the ports, with the private authority trusted and the account set.
    func settings(_ port: String, tls: TLSMode) throws -> ConnectionSettings {
        var settings = ConnectionSettings(
            host: try #require(Host("relay.test")),
            port: try #require(UInt16(try value(port + "_PORT")))
        )
        settings.tls = tls
        settings.heloName = HeloName("client.test")
        settings.trustedCertificates = Array(try Data(contentsOf: URL(filePath: value("CA"))))
        settings.username = secret(try value("USERNAME"))
        settings.password = secret(try value("PASSWORD"))
        return settings
    }

    /// Runs the engine on a loop of its own; `relay.test` is 127.0.0.1.
    func run(
        _ settings: ConnectionSettings,
        _ submission: Submission? = nil,
        resolver: (any Resolving)? = nil
    ) async throws -> Trace {
        let group = try EventLoopGroup(count: 1)
        defer { group.stop() }
        let address = try #require(SocketAddress(numeric: "127.0.0.1", port: settings.port))
        let engine = Engine(
            resolver: resolver ?? StaticResolver(["relay.test": [address]]),
            blocking: blockingPool
        )
        guard let submission else {
            return try await engine.testConnection(settings, on: group.next)
        }
        return try await engine.send(submission, with: settings, on: group.next)
    }

    /// The message with `token` in it as it lies in the mailbox, without what delivery put before
    /// it; waits until it is there.
    func delivered(_ token: String) async throws -> [UInt8] {
        Self.original(try await deliveredWhole(token))
    }

    /// The same with what delivery put before it.
    func deliveredWhole(_ token: String) async throws -> [UInt8] {
        let inbox = URL(filePath: try value("INBOX"))
        let limit = ContinuousClock.now.advanced(by: .seconds(20))
        while ContinuousClock.now < limit {
            // The folder comes with the first message.
            let files = (try? FileManager.default.contentsOfDirectory(atPath: inbox.path)) ?? []
            for file in files {
                let bytes = try Data(contentsOf: inbox.appending(path: file))
                if bytes.range(of: Data(token.utf8)) != nil { return Array(bytes) }
            }
            // Another process delivers; it gives no signal but the file.
            try await Task.sleep(for: .milliseconds(20))
        }
        throw Failure(reason: "not delivered: \(token)")
    }

    private static func original(_ bytes: [UInt8]) -> [UInt8] {
        let added = ["Return-Path:", "X-Original-To:", "Delivered-To:", "Received:", "\t", " "]
        var rest = bytes[...]
        while added.contains(where: { rest.starts(with: $0.utf8) }),
            let end = rest.firstIndex(of: 0x0A)
        {
            rest = rest[(end + 1)...]
        }
        return Array(rest)
    }
}
