import Accounts
import Foundation
import Postgres
import SMTP
import Sockets
import Synchronization
import TestServers
import TestSupport
import Testing

@testable import TestSends

/// A worker is killed with SIGKILL at each stage of a send; another one takes over.
@Suite(.serialized, .timeLimit(.minutes(3))) struct KilledWorkerTests {
    /// What the relay sees, as it happens.
    private struct Sighting: Sendable {
        let stage: MailSink.Stage
        let connection: Int
    }

    @Test func `killed before DATA: begun again and sent once`() async throws {
        try await withScene { scene in
            let (sightings, see) = AsyncStream.makeStream(of: Sighting.self)
            let sink = try await MailSink(on: scene.loops.next) { stage, number in
                see.yield(Sighting(stage: stage, connection: number))
                return stage == .recipient && number == 1 ? .hold : .usual
            }
            let (id, worker) = try await start(scene, sink)
            await reach(.recipient, sightings)
            worker.kill()
            let run = try await takeOver(scene, id)
            #expect(run.status == .accepted)
            #expect(run.attempts == 2)
            try expectOnce(sink, run)
        }
    }

    @Test func `killed during DATA, all but the final dot sent: begun again and sent once`()
        async throws
    {
        try await withScene { scene in
            let (sightings, see) = AsyncStream.makeStream(of: Sighting.self)
            let lock = JobLock(scene)
            let sink = try await MailSink(on: scene.loops.next) { stage, number in
                // From here on nothing of the worker is committed, so that it cannot pass the marker.
                if stage == .data, number == 1 { await lock.take() }
                see.yield(Sighting(stage: stage, connection: number))
                return .usual
            }
            let (id, worker) = try await start(scene, sink)
            await reach(.body, sightings)
            worker.kill()
            await lock.release()
            let run = try await takeOver(scene, id)
            #expect(run.status == .accepted)
            #expect(run.attempts == 2)
            try expectOnce(sink, run)
        }
    }

    @Test func `killed after the final dot, before the reply: outcome unknown, not sent again`()
        async throws
    {
        try await withScene { scene in
            let (sightings, see) = AsyncStream.makeStream(of: Sighting.self)
            let sink = try await MailSink(on: scene.loops.next) { stage, number in
                see.yield(Sighting(stage: stage, connection: number))
                return stage == .finalDot ? .hold : .usual
            }
            let (id, worker) = try await start(scene, sink)
            await reach(.finalDot, sightings)
            worker.kill()
            let run = try await takeOver(scene, id)
            #expect(run.status == .outcomeUnknown)
            #expect(run.verdict?.advice.contains(try #require(run.messageID)) == true)
            try expectOnce(sink, run)
            #expect(sink.connections == 1)
        }
    }

    @Test func `killed after the reply, before it was recorded: outcome unknown, not sent again`()
        async throws
    {
        try await withScene { scene in
            let (sightings, see) = AsyncStream.makeStream(of: Sighting.self)
            let lock = JobLock(scene)
            let sink = try await MailSink(on: scene.loops.next) { stage, number in
                if stage == .finalDot { await lock.take() }
                see.yield(Sighting(stage: stage, connection: number))
                return stage == .quit ? .hold : .usual
            }
            let (id, worker) = try await start(scene, sink)
            await reach(.quit, sightings)
            worker.kill()
            await lock.release()
            let run = try await takeOver(scene, id)
            #expect(run.status == .outcomeUnknown)
            try expectOnce(sink, run)
            #expect(sink.connections == 1)
        }
    }

    @Test func `a worker that slept past its lease wakes up and sends nothing`() async throws {
        try await withScene { scene in
            let (sightings, see) = AsyncStream.makeStream(of: Sighting.self)
            let (gate, open) = AsyncStream.makeStream(of: Void.self)
            let sink = try await MailSink(on: scene.loops.next) { stage, number in
                see.yield(Sighting(stage: stage, connection: number))
                if stage == .recipient, number == 1 { for await _ in gate { break } }
                return .usual
            }
            let (id, worker) = try await start(scene, sink)
            await reach(.recipient, sightings)
            worker.signal(SIGSTOP)
            let run = try await takeOver(scene, id)
            #expect(run.status == .accepted)
            // The relay answers what the sleeper asked, and the sleeper goes on.
            open.yield()
            worker.signal(SIGCONT)
            for await sighting in sightings {
                if sighting.stage == .left, sighting.connection == 1 { break }
            }
            try expectOnce(sink, run)
            #expect(try await scene.log.run(id, in: scene.acme).status == .accepted)
        }
    }

    private func start(
        _ scene: TestScene,
        _ sink: MailSink
    ) async throws -> (UUID, WorkerProcess) {
        let id = try await scene.send(try scene.settings(sink.address), in: scene.acme)
        return (id, try WorkerProcess(on: scene.home, masterKeys: scene.masterKeys))
    }

    private func reach(_ stage: MailSink.Stage, _ sightings: AsyncStream<Sighting>) async {
        for await sighting in sightings where sighting.stage == stage { return }
    }

    /// A second worker settles the test; the answer is how.
    private func takeOver(_ scene: TestScene, _ id: UUID) async throws -> TestRun {
        let second = try WorkerProcess(on: scene.home, masterKeys: scene.masterKeys)
        defer { second.kill() }
        let run = try await scene.end(of: id, in: scene.acme)
        #expect(try await scene.number("SELECT count(*) FROM jobs") == 0)
        #expect(
            try await scene.number("SELECT count(*) FROM test_runs WHERE snapshot IS NOT NULL")
                == 0
        )
        return run
    }

    /// The relay got the message, whole, exactly once.
    private func expectOnce(_ sink: MailSink, _ run: TestRun) throws {
        let name = "Message-ID: \(try #require(run.messageID))"
        #expect(sink.messages.count { $0.contains(name) } == 1)
        #expect(sink.messages.count == 1)
    }
}

/// Holds the lock of every job until released, so that no worker commits anything.
private final class JobLock: Sendable {
    private let scene: TestScene
    private let taken: AsyncStream<Void>
    private let take_: AsyncStream<Void>.Continuation
    private let gate: AsyncStream<Void>
    private let open: AsyncStream<Void>.Continuation
    private let holder = Mutex<Task<Void, any Error>?>(nil)

    init(_ scene: TestScene) {
        self.scene = scene
        (taken, take_) = AsyncStream.makeStream()
        (gate, open) = AsyncStream.makeStream()
    }

    func take() async {
        let task = Task {
            try await scene.database.transaction(.worker) { transaction in
                _ = try await transaction.execute("SELECT id FROM jobs FOR UPDATE")
                take_.yield()
                for await _ in gate { break }
            }
        }
        holder.withLock { $0 = task }
        for await _ in taken { break }
    }

    func release() async {
        open.yield()
        // A failure shows in the test's outcome.
        _ = await holder.withLock { $0 }?.result
    }
}
