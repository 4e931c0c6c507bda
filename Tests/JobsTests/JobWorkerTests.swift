import Jobs
import Logging
import Postgres
import Sockets
import Synchronization
import TestSupport
import Testing

@Suite struct JobWorkerTests {
    @Test func `a notification wakes the worker long before its poll`() async throws {
        try await withScene(timing: .patient) { scene in
            let (subjects, done) = AsyncStream.makeStream(of: UUID.self)
            let worker = scene.worker(concurrency: 2) { claim, _ in
                _ = try? await scene.finish(claim)  // The expectation below tells.
                done.yield(claim.subject)
            }
            async let running: Void = worker.run()
            var iterator = subjects.makeAsyncIterator()
            // The second one comes when the worker is idle and listens.
            for number in 1...2 {
                try await scene.enqueue(number...number, of: QueueScene.acme)
                #expect(await iterator.next() == QueueScene.id(number))
            }
            worker.stop()
            await running
            #expect(try await scene.count() == 0)
        }
    }

    @Test func `no more jobs run at once than allowed`() async throws {
        try await withScene { scene in
            try await scene.enqueue(1...12, of: QueueScene.acme)
            let running = Mutex((now: 0, most: 0, done: 0))
            let (ends, ended) = AsyncStream.makeStream(of: Int.self)
            let worker = scene.worker(concurrency: 3) { claim, loop in
                running.withLock {
                    $0.now += 1
                    $0.most = max($0.most, $0.now)
                }
                await loop.sleep(for: .milliseconds(20))
                _ = try? await scene.finish(claim)  // The count below tells.
                running.withLock {
                    $0.now -= 1
                    $0.done += 1
                    ended.yield($0.done)
                }
            }
            async let working: Void = worker.run()
            for await count in ends where count == 12 { break }
            worker.stop()
            await working
            #expect(running.withLock { $0.most } == 3)
            #expect(try await scene.count() == 0)
        }
    }

    @Test func `stop lets the job in progress end and takes no other`() async throws {
        try await withScene { scene in
            try await scene.enqueue(1...2, of: QueueScene.acme)
            let (begins, begun) = AsyncStream.makeStream(of: Void.self)
            let (gate, open) = AsyncStream.makeStream(of: Void.self)
            let worker = scene.worker(concurrency: 1) { claim, _ in
                begun.yield()
                for await _ in gate { break }
                _ = try? await scene.finish(claim)  // The count below tells.
            }
            async let working: Void = worker.run()
            for await _ in begins { break }
            worker.stop()
            open.yield()
            await working
            #expect(try await scene.count() == 1)
        }
    }
}

extension QueueScene {
    func worker(
        concurrency: Int,
        handler: @escaping @Sendable (JobClaim, EventLoop) async -> Void
    ) -> JobWorker {
        JobWorker(
            of: Self.kind,
            queue: queue,
            notifications: NotificationListener(
                PostgresConfiguration(connectionString: home.app, applicationName: "listen"),
                channels: [JobQueue.channel],
                loop: loops.next
            ),
            nextLoop: { [loops] in loops.next },
            concurrency: concurrency,
            logger: Logger(label: "test")
        ) { [self] count, _ in
            let claims = try await claim(upTo: count)
            return JobWorker.Taken(
                turns: claims.map { claim in { loop, _ in await handler(claim, loop) } }
            )
        }
    }
}

extension JobTiming {
    /// Polls so rarely that only a notification can wake.
    static let patient = JobTiming(
        lease: .seconds(15),
        renewInterval: .seconds(5),
        rescueInterval: .seconds(3),
        pollInterval: .seconds(3600)
    )
}
