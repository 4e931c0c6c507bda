import Foundation
import Observability
import Sockets
import TestCertificates

@testable import Capture

/// A capture relay on a free port of the loopback with a folder of its own, for one test.
final class Inbox: Sendable {
    let store: CaptureStore
    let port: UInt16
    let folder: String
    let server: CaptureServer
    private let pool: BlockingPool
    private let group: EventLoopGroup

    private init(tls: TLSContext?, limits: CaptureLimits, folder: String) async throws {
        self.folder = folder
        group = try EventLoopGroup(count: 1)
        pool = BlockingPool(threads: 1, queueLimit: 100)
        store = CaptureStore(folder: folder, pool: pool)
        server = CaptureServer(
            on: group.next,
            address: SocketAddress(family: .ipv4, bytes: [127, 0, 0, 1], port: 0),
            tls: tls,
            store: store,
            limits: limits
        )
        port = try await server.listen().port
    }

    /// Runs `body` with a relay and removes all of it in any case.
    static func run(
        tls: Bool = false,
        limits: CaptureLimits = CaptureLimits(),
        _ body: (Inbox) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "capture-\(UUID().uuidString)").path
        let context = tls ? try selfSigned() : nil
        let inbox = try await Inbox(tls: context, limits: limits, folder: folder)
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(inbox))
        } catch {
            result = .failure(error)
        }
        await inbox.stop()
        try FileManager.default.removeItem(atPath: folder)
        try result.get()
    }

    private func stop() async {
        await server.stop()
        group.stop()
        pool.stop()
    }

    /// Runs a program of Python's smtplib; `port` is set, and what it prints is returned.
    func python(_ program: String) async throws -> [String] {
        try await Python.run("import smtplib, socket, ssl\nport = \(port)\n\(program)")
            .split(separator: "\n").map(String.init)
    }

    private static func selfSigned() throws -> TLSContext {
        let identity = try Authority.selfSigned(names: ["IP:127.0.0.1"])
        return try TLSContext.server(
            certificatePEM: identity.certificatePEM,
            keyPEM: Redacted(identity.keyPEM)
        )
    }
}

/// Programs of another implementation than ours.
enum Python {
    struct Failure: Error { let text: String }

    /// What the program prints; throws what it prints on its standard error when it fails.
    ///
    /// It waits on a thread of its own: the threads of the tests have to serve the program.
    static func run(_ program: String) async throws -> String {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(with: Result { try runBlocking(program) })
            }
        }
    }

    private static func runBlocking(_ program: String) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", program]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        let text = String(decoding: data, as: UTF8.self)
        guard process.terminationStatus == 0 else { throw Failure(text: text) }
        return text
    }
}
