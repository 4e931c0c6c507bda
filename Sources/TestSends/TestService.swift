package import Jobs
package import Logging
package import Postgres
package import Secrets
package import Sockets

/// The background work of tests: runs those that wait, settles those of dead workers, deletes old
/// ones.
///
/// Any number of processes may do this at the same time.
package final class TestService: Sendable {
    private let worker: JobWorker
    private let store: AttemptStore
    private let bell: TestBell
    private let retention: TestRetention
    private let notifications: NotificationListener
    private let traceLog: TraceLog?
    private let loop: EventLoop
    private let logger: Logger

    /// Without `sources`, settings that take credentials from elsewhere fail.
    ///
    /// `concurrency` tests run at once; finished ones are kept `retentionDays` days, 1–365.
    package init(
        database: Database,
        notifications configuration: PostgresConfiguration,
        secrets: SecretStore,
        engine: TestEngine,
        tokens: AccessTokens,
        sources: CredentialSources? = nil,
        loops: EventLoopGroup,
        concurrency: Int,
        retentionDays: Int,
        name: String,
        timing: JobTiming = .standard,
        traceLog: TraceLog? = nil,
        logger: Logger
    ) {
        let queue = JobQueue(database: database, timing: timing)
        let store = AttemptStore(database: database, queue: queue, worker: name)
        let bell = TestBell(database: database, logger: logger)
        let runner = TestWorker(
            store: store,
            recorder: TestRecorder(store: store, logger: logger),
            bell: bell,
            secrets: secrets,
            engine: engine,
            tokens: tokens,
            sources: sources,
            timeLimit: TestWorker.standardTimeLimit,
            traceLog: traceLog,
            logger: logger
        )
        loop = loops.next
        notifications = NotificationListener(
            configuration,
            channels: [JobQueue.channel],
            loop: loop
        )
        worker = JobWorker(
            of: .test,
            queue: queue,
            notifications: notifications,
            nextLoop: { loops.next },
            concurrency: concurrency,
            logger: logger,
            take: { try await runner.take(upTo: $0, on: $1) }
        )
        self.store = store
        self.bell = bell
        self.traceLog = traceLog
        retention = TestRetention(database: database, days: retentionDays)
        self.logger = logger
    }

    /// Works until `stop`, then lets the tests in progress end.
    package func run() async {
        await withTaskExecutorPreference(loop) {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await self.rescue() }
                group.addTask { await self.deleteOld() }
                await worker.run()
                await bell.close()
                group.cancelAll()
            }
        }
    }

    /// Takes no more tests; `run` returns when those in progress have ended or were given back.
    package func stop() {
        worker.stop()
    }

    private func rescue() async {
        await every(store.queue.timing.rescueInterval, "tests of dead workers wait") {
            while try await self.store.settleOneExpired() {}
        }
    }

    private func deleteOld() async {
        await every(TestRetention.interval, "old tests are kept") {
            try await self.retention.run()
            try await self.traceLog?.expire()
        }
    }

    private func every(
        _ interval: Duration,
        _ complaint: String,
        _ work: () async throws -> Void
    ) async {
        while !Task.isCancelled {
            do {
                try await work()
            } catch {
                if Task.isCancelled { return }
                logger.error("\(complaint): \(operatorText(of: error))")
            }
            await EventLoop.current?.sleep(for: interval)
        }
    }
}
