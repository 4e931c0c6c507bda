import Foundation
import Postgres
import TestSupport
import Testing

/// The processes whose command line names the folder.
private func processes(of folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { name in
        guard Int(name) != nil, Int32(name) != getpid() else { return false }
        // A process that has just ended cannot be read.
        let line = try? Data(contentsOf: URL(fileURLWithPath: "/proc/\(name)/cmdline"))
        return line.map { String(decoding: $0, as: UTF8.self).contains(folder) } ?? false
    }
}

@Suite struct ClusterTests {
    @Test(arguments: ["short", String(repeating: "long-", count: 20)])
    func `a cluster starts, starts again with its data, and leaves no process`(
        name: String
    ) throws {
        let folder = "/tmp/sendproof-cluster-\(getpid())-\(name)"
        defer {
            // The test has failed already when there is something to remove.
            try? FileManager.default.removeItem(atPath: folder)
        }
        let first = try TestCluster.start(folder)
        let owner = first.connectionString(database: "sendproof", role: "sendproof_owner")
        try BlockingConnection(owner).runScript("CREATE TABLE kept (id int)")
        #expect(try TestCluster.command(["status", folder]) == "running\n")
        try TestCluster.command(["stop", folder])
        #expect(try processes(of: folder).isEmpty)
        #expect(throws: TestCluster.Failure.self) { try TestCluster.command(["status", folder]) }
        let begin = ContinuousClock.now
        let second = try TestCluster.start(folder)
        #expect(begin.duration(to: .now) < .seconds(5))
        let again = second.connectionString(database: "sendproof", role: "sendproof_owner")
        let found = try BlockingConnection(again).query("SELECT count(*)::text FROM kept")
        #expect(found == [["0"]])
        try TestCluster.command(["stop", folder])
        #expect(try processes(of: folder).isEmpty)
    }

    @Test func `the roles can do no more than they should`() throws {
        let test = try TestDatabase.make(migrations: false)
        let roles = try BlockingConnection(test.administrator).query(
            """
            SELECT rolname, rolsuper::text, rolbypassrls::text, rolcreaterole::text,
                rolcreatedb::text
            FROM pg_roles WHERE rolname LIKE 'sendproof%' ORDER BY rolname
            """
        )
        #expect(
            roles == [
                ["sendproof_app", "false", "false", "false", "false"],
                ["sendproof_owner", "false", "false", "false", "true"],
            ]
        )
        let listening = try BlockingConnection(test.administrator).query("SHOW listen_addresses")
        #expect(listening == [[""]])
    }
}
