import Foundation
import Postgres
import Sockets
import TestSupport
import Testing

private let one = Statement("SELECT 1") { try $0.value(0, as: Int.self) }

/// Hands out a cluster of its own with a pool of one connection, which is open.
private func withCluster(
    _ name: String,
    _ body: (TestCluster, Database) async throws -> Void
) async throws {
    let folder = "/tmp/sendproof-\(name)-\(getpid())"
    let cluster = try TestCluster.start(folder, ["--test", "--until", String(getpid())])
    let group = try EventLoopGroup(count: 1)
    defer { group.stop() }
    let database = Database(
        PostgresConfiguration(
            connectionString: cluster.connectionString(
                database: "sendproof",
                role: "sendproof_app"
            ),
            applicationName: "PostgresTests",
            connectTimeout: .milliseconds(500),
            statementTimeout: .milliseconds(100)
        ),
        loops: group.loops,
        connectionsPerLoop: 1
    )
    #expect(try await database.read(.reading, one) == [1])
    try await body(cluster, database)
    await database.close()
    try TestCluster.command(["stop", folder])
}

@Suite struct ClusterLossTests {
    @Test func `a restart of the whole cluster is survived`() async throws {
        try await withCluster("restart") { (cluster, database) async throws in
            try TestCluster.command(["stop", cluster.folder])
            let error = await #expect(throws: PostgresError.self) {
                _ = try await database.read(.reading, one)
            }
            #expect(error?.kind == .cannotConnect)
            try TestCluster.start(cluster.folder)
            #expect(try await database.read(.reading, one) == [1])
        }
    }

    // In a cluster of its own: a stopped server process holds up every DROP DATABASE beside it.
    @Test(.enabled(if: geteuid() == 0))
    func `a server that falls silent is given up at the deadline`() async throws {
        try await withCluster("silent") { (_, database) async throws in
            let server = try await database.read(
                .reading,
                Statement("SELECT pg_backend_pid()") { try $0.value(0, as: Int32.self) }
            )[0]
            kill(server, SIGSTOP)
            let start = ContinuousClock.now
            let error = await #expect(throws: PostgresError.self) {
                _ = try await database.read(.reading, one)
            }
            #expect(error?.kind == .timeout)
            #expect(start.duration(to: .now) < .seconds(10))
            #expect(try await database.read(.reading, one) == [1])
            kill(server, SIGCONT)
        }
    }
}
