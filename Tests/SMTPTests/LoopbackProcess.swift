import Foundation
import Testing

@testable import Sockets

/// A real server on loopback that runs as long as this value, and never longer than the tests.
final class LoopbackProcess: Sendable {
    private let process: Process
    /// Held open: when it closes, also because the tests died, the server is ended.
    private let life: Pipe

    struct Failure: Error { let reason: String }

    /// Starts `command` in the foreground and waits until it listens on `port`.
    init(_ command: [String], port: UInt16) throws {
        guard FileManager.default.isExecutableFile(atPath: command[0]) else {
            throw Failure(reason: "\(command[0]) is missing: deploy/packages test installs it")
        }
        process = Process()
        life = Pipe()
        process.executableURL = URL(filePath: "/bin/sh")
        let script = #""$@" </dev/null & child=$!; read line; kill $child; wait $child"#
        process.arguments = ["-c", script, "sh"] + command
        process.standardInput = life
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        try wait(for: port, command[0])
    }

    deinit {
        // Nobody reads any more when the server has already ended.
        try? life.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    private func wait(for port: UInt16, _ name: String) throws {
        let limit = ContinuousClock.now.advanced(by: .seconds(30))
        while ContinuousClock.now < limit {
            if Self.answers(port) { return }
            // Another process starts; it gives no signal but the open port.
            usleep(20_000)
        }
        throw Failure(reason: "\(name) does not listen on \(port)")
    }

    private static func answers(_ port: UInt16) -> Bool {
        guard let address = SocketAddress(numeric: "127.0.0.1", port: port) else { return false }
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        return address.withSystemAddress { connect(descriptor, $0, $1) } == 0
    }

    /// A port that was free a moment ago.
    static func freePort() throws -> UInt16 {
        let any = try #require(SocketAddress(numeric: "127.0.0.1", port: 0))
        let listener = try Listener(on: any, loop: EventLoop(name: "port"))
        defer { listener.close() }
        return listener.address.port
    }
}
