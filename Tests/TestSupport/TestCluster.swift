import Foundation
package import Observability
import Synchronization

/// The PostgreSQL cluster of this test run: the one that `SENDPROOF_TEST_CLUSTER` names, or one of
/// this process that ends with it.
package struct TestCluster: Sendable {
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// Where the cluster is kept.
    package let folder: String
    /// The socket's folder and port, as libpq takes them.
    package let address: String

    private static let running = Mutex<Result<TestCluster, Failure>?>(nil)

    /// The cluster, started at the first call.
    package static func shared() throws -> TestCluster {
        try running.withLock { running in
            let result = running ?? start()
            running = result
            return result
        }.get()
    }

    /// The top of the repository.
    package static let repository: String = {
        let parts = #filePath.split(separator: "/").dropLast(3)
        return "/" + parts.joined(separator: "/")
    }()

    /// A connection string for a role of the cluster.
    package func connectionString(database: String, role: String) -> Redacted<String> {
        Redacted("\(address) dbname=\(database) user=\(role)")
    }

    private static func start() -> Result<TestCluster, Failure> {
        let named = ProcessInfo.processInfo.environment["SENDPROOF_TEST_CLUSTER"]
        let process = String(ProcessInfo.processInfo.processIdentifier)
        let folder = named ?? "/tmp/sendproof-test-\(process)"
        // The watch stops the cluster and deletes it, however this process ends.
        let options = named == nil ? ["--test", "--until", process] : ["--test"]
        do throws(Failure) {
            return .success(try start(folder, options))
        } catch {
            return .failure(error)
        }
    }

    /// Starts, or finds running, the cluster of `folder`.
    @discardableResult
    package static func start(
        _ folder: String,
        _ options: [String] = ["--test"]
    ) throws(Failure) -> TestCluster {
        let output = try command(["start", folder] + options)
        guard let owner = output.split(separator: "\n").first(where: { $0.hasPrefix("owner=") }),
            let end = owner.range(of: " dbname=")
        else { throw Failure(description: "deploy/cluster printed: \(output)") }
        let address = owner[..<end.lowerBound].dropFirst("owner=".count)
        return TestCluster(folder: folder, address: String(address))
    }

    /// Runs `deploy/cluster` and gives what it prints.
    @discardableResult
    package static func command(_ arguments: [String]) throws(Failure) -> String {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: repository + "/deploy/cluster")
        process.arguments = arguments
        process.standardOutput = output
        let printed: Data?
        do {
            try process.run()
            printed = try output.fileHandleForReading.readToEnd()
        } catch {
            throw Failure(description: "deploy/cluster cannot be run: \(error)")
        }
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(description: "deploy/cluster ended with \(process.terminationStatus)")
        }
        return String(decoding: printed ?? Data(), as: UTF8.self)
    }
}
