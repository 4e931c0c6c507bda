import Foundation
import Observability
import TestSupport
import Testing

/// A real worker in a process of its own, to be killed.
final class WorkerProcess {
    private let process = Process()
    /// The worker ends when nobody holds this any more.
    private let life = Pipe()

    /// Starts a worker on the scene's database.
    init(_ scene: TestScene) throws {
        let products = try #require(CommandLine.arguments.first).split(separator: "/").dropLast()
        process.executableURL = URL(
            fileURLWithPath: "/" + products.joined(separator: "/") + "/TestWorkerProcess"
        )
        process.environment = ProcessInfo.processInfo.environment.merging(
            [
                "TEST_DATABASE": scene.home.app.reveal { $0 },
                "TEST_MASTER_KEYS": scene.masterKeys,
            ]
        ) { $1 }
        process.standardInput = life
        try process.run()
    }

    deinit {
        signal(SIGKILL)
    }

    func signal(_ number: Int32) {
        // Only while it is ours: an ended process's number may belong to somebody else.
        if process.isRunning { kill(process.processIdentifier, number) }
    }

    /// Kills it without any warning and waits until it is gone.
    func kill() {
        signal(SIGKILL)
        process.waitUntilExit()
    }

    private func kill(_ id: Int32, _ number: Int32) {
        Foundation.kill(id, number)
    }
}
