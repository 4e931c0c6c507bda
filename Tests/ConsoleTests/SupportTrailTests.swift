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
}
