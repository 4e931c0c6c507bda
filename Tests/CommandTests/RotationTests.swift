import Cryptography
import Foundation
import Postgres
import Secrets
import Synchronization
import TestSupport
import Testing

/// `sendproof keys rotate`, killed again and again.
@Suite(.timeLimit(.minutes(60))) struct RotationTests {
    /// `SENDPROOF_SECRETS=10000` rotates that many, each rotation killed after a second; a small number
    /// without it.
    private static let secrets =
        ProcessInfo.processInfo.environment["SENDPROOF_SECRETS"].flatMap(Int.init)
    private static let life: Duration = secrets == nil ? .zero : .seconds(1)
    private static let options = secrets == nil ? "--batch 4 --pause 100" : "--batch 5 --pause 20"
    private static let perTenant = 5

    @Test func `rotated under load and killed again and again, all opens with the new key alone`()
        async throws
    {
        try await withKeys { scene in
            let tenants = (Self.secrets ?? 500) / Self.perTenant
            let population = SecretPopulation(scene)
            let old = try scene.ring
            try await population.fill(
                try population.makeTenants(tenants),
                each: Self.perTenant,
                old
            )
            try await scene.configureRelay(old)
            let added = try await scene.run("keys generate --add --active --id new \(scene.file)")
            #expect(added.status == 0, "\(added.complaint)")

            let load = try Load(
                population,
                fresh: population.makeTenants(tenants),
                both: scene.ring,
                stale: old
            )
            let kills = try await rotateUnderKills(scene)
            let done = try await load.stop()
            // Whoever went on sealing with the old key has stopped by now.
            #expect(try await scene.run("keys rotate").status == 0)

            print(
                "rotation: \(population.count) secrets of \(tenants) tenants and more, "
                    + "\(kills) kills, \(done.reads) reads, \(done.writes) writes meanwhile"
            )
            #expect(kills >= 3)
            #expect(done.reads > 0 && done.writes > 0)
            #expect(done.failures == [])
            try await expectExchanged(population, scene)
        }
    }

    /// Everything is readable with the new key alone, nothing with the old, which can go.
    private func expectExchanged(
        _ population: SecretPopulation,
        _ scene: KeyScene
    ) async throws {
        let old = try scene.ring(only: "old")
        let new = try scene.ring(only: "new")
        #expect(try scene.wrapped(notBy: "new") == 0)
        #expect(try await population.unreadable(new) == 0)
        #expect(try await population.unreadable(old) == population.count)
        #expect(try await scene.relayPassword(new) == "The platform's password")
        let retired = try await scene.run("keys retire old")
        #expect(retired.status == 0, "\(retired.complaint)")
        #expect(try scene.ring.ids.map(\.text) == ["new"])
    }

    /// Kills each `rotate` after it has exchanged something, until one comes to its end.
    private func rotateUnderKills(_ scene: KeyScene) async throws -> Int {
        for kills in 0..<1000 {
            let rotate = try scene.start("keys rotate \(Self.options)")
            await rotate.complains("wrapped")
            try await Task.sleep(for: Self.life)
            let end = await rotate.killed()
            if end.status == 0 { return kills }
            #expect(end.status == SIGKILL, "\(end.complaint)")
        }
        Issue.record("it never came to an end")
        return 0
    }

    /// What a rotation is doing when it is killed.
    enum Moment: String, CaseIterable, CustomTestStringConvertible {
        case dataKey = "BEFORE UPDATE ON data_keys"
        case relay = "BEFORE UPDATE ON platform_relay"
        case record = "BEFORE INSERT ON audit_events"
        case commit = "AFTER UPDATE ON data_keys DEFERRABLE INITIALLY DEFERRED"

        var testDescription: String { "\(self)" }
        var isConstraint: Bool { self == .commit }
    }

    @Test(arguments: Moment.allCases)
    func `killed within a statement, it leaves everything readable, and goes on`(
        _ moment: Moment
    ) async throws {
        try await withKeys { scene in
            let population = SecretPopulation(scene)
            let old = try scene.ring
            try await population.fill(try population.makeTenants(3), each: 1, old)
            try await scene.configureRelay(old)
            #expect(
                try await scene.run("keys generate --add --active --id new \(scene.file)").status
                    == 0
            )
            try scene.home.arrange(
                """
                CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN PERFORM pg_advisory_xact_lock(4711); RETURN NEW; END $$;
                CREATE \(moment.isConstraint ? "CONSTRAINT" : "") TRIGGER a_hold \(moment.rawValue)
                    FOR EACH ROW EXECUTE FUNCTION hold();
                """
            )
            try await killHeld(scene)
            #expect(try await population.unreadable(scene.ring) == 0)
            #expect(try await scene.relayPassword(scene.ring) == "The platform's password")
            let rotated = try await scene.run("keys rotate --batch 1")
            #expect(rotated.status == 0, "\(rotated.complaint)")
            try await expectExchanged(population, scene)
        }
    }

    /// Starts a rotation that the trigger holds, and kills it there.
    private func killHeld(_ scene: KeyScene) async throws {
        let holder = try BlockingConnection(scene.home.administrator)
        try holder.query("SELECT pg_advisory_lock(4711)::text")
        let rotate = try scene.start("keys rotate --batch 1")
        while try Self.waiting(holder) == 0 {}
        #expect(await rotate.killed().status == SIGKILL)
        try holder.query("SELECT pg_advisory_unlock(4711)::text")
        while try Self.sessions(holder) > 0 {}
    }

    private static func waiting(_ connection: BlockingConnection) throws -> Int {
        let found = try connection.query(
            """
            SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
            WHERE d.datname = current_database() AND l.locktype = 'advisory' AND l.objid = 4711
                AND NOT l.granted
            """
        )
        return try #require(found[0][0].flatMap { Int($0) })
    }

    private static func sessions(_ connection: BlockingConnection) throws -> Int {
        let found = try connection.query(
            """
            SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND application_name = 'sendproof keys'
            """
        )
        return try #require(found[0][0].flatMap { Int($0) })
    }
}

/// Readers and writers at work while keys are exchanged.
private final class Load: Sendable {
    struct Done: Sendable {
        var reads = 0
        var writes = 0
        var failures: [String] = []
    }

    private let done = Mutex(Done())
    private let isStopped = Mutex(false)
    private let work = Mutex<Task<Void, any Error>?>(nil)

    /// Three read and one writes with both keys; one more has not been restarted with the new yet.
    init(
        _ population: SecretPopulation,
        fresh: [UUID],
        both: MasterKeyRing,
        stale: MasterKeyRing
    ) {
        let half = fresh.count / 2
        let task = Task {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<3 {
                    group.addTask { await self.read(population, both) }
                }
                group.addTask { await self.write(population, fresh.prefix(half), both) }
                group.addTask { await self.write(population, fresh.suffix(half), stale) }
                try await group.waitForAll()
            }
        }
        work.withLock { $0 = task }
    }

    func stop() async throws -> Done {
        isStopped.withLock { $0 = true }
        try await work.withLock { $0 }?.value
        return done.withLock { $0 }
    }

    private func read(_ population: SecretPopulation, _ ring: MasterKeyRing) async {
        while !isStopped.withLock({ $0 }) {
            guard let entry = population.any else { return }
            await note(\.reads) {
                if try await population.open(entry, ring) != entry.value {
                    throw SecretsError.damaged
                }
            }
        }
    }

    /// A new secret in a new tenant, then in one that has some.
    private func write(
        _ population: SecretPopulation,
        _ fresh: ArraySlice<UUID>,
        _ ring: MasterKeyRing
    ) async {
        for tenant in fresh where !isStopped.withLock({ $0 }) {
            await note(\.writes) { try await population.add(1, to: tenant, ring) }
            // One that does not know the new key cannot use what it has wrapped.
            guard ring.ids.count > 1, let other = population.any else { continue }
            await note(\.writes) { try await population.add(1, to: other.tenant, ring) }
        }
    }

    private func note(
        _ kind: any WritableKeyPath<Done, Int> & Sendable,
        _ body: () async throws -> Void
    ) async {
        do {
            try await body()
            done.withLock { $0[keyPath: kind] += 1 }
        } catch {
            done.withLock { $0.failures.append("\(error)") }
        }
    }
}
