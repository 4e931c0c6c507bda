import Accounts
import Postgres
import SMTP
import Sockets
import TestServers
import TestSupport
import Testing

@testable import TestSends

/// Steps have no foreign key; a trigger takes them along.
@Suite(.timeLimit(.minutes(1))) struct StepsOfDeletedTests {
    @Test func `the steps of a tenant's tests go with the tenant, whoever deletes it`()
        async throws
    {
        try await withService { scene in
            let sink = try await MailSink(on: scene.loops.next)
            for scope in [scene.acme, scene.globex] {
                let settings = try scene.settings(
                    sink.address,
                    usesPlatformRelay: scope.tenant.edition == .cloud
                )
                let id = try await scene.send(settings, in: scope)
                _ = try await scene.end(of: id, in: scope)
            }
            // The tables' owner, whom row-level security binds as well, and not as a worker.
            try BlockingConnection(scene.home.owner).runScript(
                """
                SELECT set_config('sendproof.platform', 'operator', false);
                DELETE FROM tenants WHERE slug = 'acme';
                """
            )
            let left = try BlockingConnection(scene.home.administrator).query(
                "SELECT DISTINCT tenant_id::text FROM test_steps"
            )
            #expect(left == [[TestScene.globexTenant.id.description]])
        }
    }

    @Test func `deleting a test leaves a transaction what it was`() async throws {
        try await withScene { scene in
            _ = try await scene.send(try scene.idleSettings(), in: scene.acme)
            let (_, seen) = try await scene.database.query(
                scene.acme.writing,
                Statement<Void>("DELETE FROM test_runs"),
                Statement("SELECT is_worker()") { try $0.value(0, as: Bool.self) }
            )
            #expect(seen == [false])
        }
    }
}
