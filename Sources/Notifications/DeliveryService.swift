package import EmailSettings
package import Jobs
package import Logging
package import Postgres
import SMTP
package import Secrets
package import Sockets
package import TestSends

/// The background work of messages: hands over those that are due, settles those of dead workers,
/// deletes old ones.
///
/// Any number of processes may do this at the same time.
package final class DeliveryService: Sendable {
    private let worker: JobWorker
    private let runner: DeliveryWorker
    private let store: DeliveryStore
    private let retention: DeliveryRetention
    private let connections: DeliveryConnections
    private let loop: EventLoop
    private let logger: Logger

    /// How a process goes about it.
    package struct Limits: Sendable {
        /// Messages handed over at once in this process.
        package var concurrency = 16
        /// Of one tenant, by all processes together.
        package var perTenant = 8
        /// Hours that a message is tried; 1–240.
        package var hours = 48
        /// Days that messages are kept in the log after their end; 1–365.
        package var retentionDays = 30
        /// Messages on one connection to a relay; 1 makes a new one for each.
        package var messagesPerConnection = 100

        package init() {}
    }

    /// Messages taken ahead for each that is handed over, so that the queue is asked seldom.
    private static let ahead = 4

    package init(
        database: Database,
        notifications configuration: PostgresConfiguration,
        secrets: SecretStore,
        senders: SenderStore,
        engine: TestEngine,
        tokens: AccessTokens,
        sources: CredentialSources?,
        loops: EventLoopGroup,
        limits: Limits = Limits(),
        name: String,
        timing: JobTiming = .standard,
        logger: Logger
    ) {
        let queue = JobQueue(database: database, timing: timing)
        let ahead = Self.ahead * limits.concurrency
        let store = DeliveryStore(
            database: database,
            queue: queue,
            worker: name,
            perTenant: limits.perTenant + ahead,
            logger: logger
        )
        var keeping = Connections.Limits()
        keeping.messages = limits.messagesPerConnection
        let connections = DeliveryConnections(engine, limits: keeping)
        runner = DeliveryWorker(
            store: store,
            desk: DeliveryDesk(perTenant: limits.perTenant),
            ahead: ahead,
            secrets: secrets,
            senders: senders,
            engine: engine,
            connections: connections,
            tokens: tokens,
            sources: sources,
            lifetime: .seconds(3600 * Double(limits.hours)),
            logger: logger
        )
        loop = loops.next
        let runner = runner
        worker = JobWorker(
            of: .delivery,
            queue: queue,
            notifications: NotificationListener(
                configuration,
                channels: [JobQueue.channel],
                loop: loop
            ),
            nextLoop: { [loop] in loop },
            concurrency: limits.concurrency,
            logger: logger,
            take: { try await runner.take(upTo: $0, on: $1) }
        )
        runner.desk.whenRefilled { [worker] in worker.lookAgain() }
        self.store = store
        self.connections = connections
        retention = DeliveryRetention(database: database, days: limits.retentionDays)
        self.logger = logger
    }

    /// Works until `stop`, then lets the messages in progress be handed over.
    package func run() async {
        await withTaskExecutorPreference(loop) {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await self.rescue() }
                group.addTask { await self.deleteOld() }
                group.addTask { await self.runner.keepLeases(on: self.loop) }
                await worker.run()
                await runner.clear()
                await connections.close()
                group.cancelAll()
            }
        }
    }

    /// Takes no more messages; `run` returns when those in progress have ended or were given back.
    package func stop() {
        worker.stop()
    }

    private func rescue() async {
        await every(store.queue.timing.rescueInterval, "messages of dead workers wait") {
            while try await self.store.settleOneExpired(after: self.runner.lifetime) {}
        }
    }

    private func deleteOld() async {
        await every(DeliveryRetention.interval, "old messages are kept") {
            try await self.retention.run()
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
