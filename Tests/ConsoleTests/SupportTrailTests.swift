import Foundation
import Postgres
import TestSupport
import Testing

/// What support looks at stands in the tenant's trail.
@Suite struct SupportTrailTests {
    @Test(arguments: [
        ("", "support.testViewed"), ("/download", "support.testDownloaded"),
        ("/events", "support.testWatched"),
    ])
    func `each way to read a test as support is recorded`(
        suffix: String,
        action: String
    ) async throws {
        try await withConsole { scene in
            let furniture = try await Furniture.place(in: scene)
            let test = furniture.tests["borealis"] ?? ""
            let sam = try await scene.visitor(.sam)
            #expect(try await sam.get("/support/tests/\(test)\(suffix)").status == 200)
            let recorded = try BlockingConnection(scene.home.administrator).query(
                """
                SELECT action, subject, actor, slug FROM audit_events
                JOIN tenants ON tenants.id = tenant_id WHERE action LIKE 'support.%'
                """
            )
            #expect(recorded == [[action, test, Somebody.sam.name, "borealis"]])
            // The tenant reads it in words, with a link to the test.
            let trail = try await scene.visitor(.otto).get("/t/borealis/audit").body
            #expect(trail.contains(#"<a href="/t/borealis/tests/\#(test)">Support "#))
        }
    }

    /// A browser connects anew whenever a stream breaks off; the trail says once that it was watched.
    @Test func `watching is recorded once for each person, test and quarter of an hour`()
        async throws
    {
        try await withConsole { scene in
            let furniture = try await Furniture.place(in: scene)
            let test = furniture.tests["borealis"] ?? ""
            let database = try BlockingConnection(scene.home.administrator)
            func watch(_ test: String) async throws {
                let sam = try await scene.visitor(.sam)
                #expect(try await sam.get("/support/tests/\(test)/events").status == 200)
            }
            func recorded() throws -> [[String?]] {
                try database.query(
                    """
                    SELECT subject FROM audit_events WHERE action = 'support.testWatched'
                    ORDER BY number
                    """
                )
            }
            for _ in 1...3 { try await watch(test) }
            #expect(try recorded() == [[test]])
            // Another test is another look.
            let other = furniture.tests["acme"] ?? ""
            try await watch(other)
            #expect(try recorded().count == 2)
            // A quarter of an hour later; the trail's own rule forbids the change.
            _ = try database.query("SET session_replication_role = replica")
            _ = try database.query("UPDATE audit_events SET at = at - interval '16 minutes'")
            for _ in 1...2 { try await watch(test) }
            #expect(try recorded().count == 3)
        }
    }
}
