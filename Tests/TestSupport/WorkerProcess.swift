import Foundation
import Observability
import Testing

/// A real worker in a process of its own, to be killed.
package final class WorkerProcess {
    private let process = Process()
    /// The worker ends when nobody holds this any more.
    private let life = Pipe()

    /// Starts a worker on the database, with the master keys of the file's text.
    package init(on home: TestDatabase, masterKeys: String) throws {
        let products = try #require(CommandLine.arguments.first).split(separator: "/").dropLast()
        process.executableURL = URL(
            fileURLWithPath: "/" + products.joined(separator: "/") + "/TestWorkerProcess"
        )
        process.environment = ProcessInfo.processInfo.environment.merging(
            [
                "TEST_DATABASE": home.app.reveal { $0 },
                "TEST_MASTER_KEYS": masterKeys,
            ]
        ) { $1 }
        process.standardInput = life
        try process.run()
    }

    deinit {
        signal(SIGKILL)
    }

    package func signal(_ number: Int32) {
        // Only while it is ours: an ended process's number may belong to somebody else.
        guard process.isRunning, process.processIdentifier > 1 else { return }
        kill(process.processIdentifier, number)
    }

    /// Kills it without any warning and waits until it is gone.
    package func kill() {
        signal(SIGKILL)
        process.waitUntilExit()
    }

    private func kill(_ id: Int32, _ number: Int32) {
        Foundation.kill(id, number)
    }
}
