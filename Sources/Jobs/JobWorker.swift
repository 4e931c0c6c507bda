package import Logging
import Observability
package import Postgres
package import Sockets
import Synchronization

/// Takes jobs of one kind from the queue and runs them, several at once, until told to stop.
///
/// A turn is one job, or several one after the other where the next one is taken together with the
/// record of the one before.
package final class JobWorker: Sendable {
    /// Runs the claimed job on a loop and settles it, and then others as long as `goesOn`; it never
    /// fails, it records.
    ///
    /// When its task is cancelled, it gives the job back.
    package typealias Turn =
        @Sendable (_ loop: EventLoop, _ goesOn: @escaping @Sendable () -> Bool) async -> Void
    /// Claims up to `count` jobs; fewer when no more are due.
    package typealias Take = @Sendable (_ count: Int, _ loop: EventLoop) async throws -> Taken

    package struct Taken: Sendable {
        let turns: [Turn]
        /// Others were taking jobs as well, so that more may be due.
        let isContended: Bool

        package init(turns: [Turn], isContended: Bool = false) {
            self.turns = turns
            self.isContended = isContended
        }
    }

    private let kind: JobKind
    private let queue: JobQueue
    private let notifications: NotificationListener
    private let nextLoop: @Sendable () -> EventLoop
    private let concurrency: Int
    private let logger: Logger
    private let take: Take

    private let state = Mutex(State())
    private let wakes: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation

    private struct State {
        var running = 0
        var isStopping = false
    }

    /// How many jobs run at once when nobody says otherwise.
    package static let standardConcurrency = 8
    /// How long another process may take to have what it was taking.
    private static let contention: Duration = .milliseconds(5)
    /// How long jobs in progress may take after `stop`; then they are given back.
    package static let drainTime: Duration = .seconds(20)

    /// `notifications` hear the queue's channel; each turn runs on the loop that `nextLoop` gives.
    package init(
        of kind: JobKind,
        queue: JobQueue,
        notifications: NotificationListener,
        nextLoop: @escaping @Sendable () -> EventLoop,
        concurrency: Int = JobWorker.standardConcurrency,
        logger: Logger,
        take: @escaping Take
    ) {
        self.kind = kind
        self.queue = queue
        self.notifications = notifications
        self.nextLoop = nextLoop
        self.concurrency = max(1, concurrency)
        self.logger = logger
        self.take = take
        (wakes, wake) = AsyncStream.makeStream(
            of: Void.self,
            bufferingPolicy: .bufferingNewest(1)
        )
    }

    /// Works until `stop`, then lets the jobs in progress end.
    package func run() async {
        await withTaskExecutorPreference(nextLoop()) {
            await withTaskGroup(of: Void.self) { alarms in
                alarms.addTask { await self.poll() }
                alarms.addTask { await self.listen() }
                await withDiscardingTaskGroup { jobs in
                    wake.yield()
                    for await _ in wakes {
                        guard !isStopping else { break }
                        await fill(&jobs)
                    }
                    await drain(until: .after(Self.drainTime))
                    jobs.cancelAll()
                }
                alarms.cancelAll()
            }
        }
    }

    /// Takes no more jobs; `run` returns when those in progress have ended.
    package func stop() {
        state.withLock { $0.isStopping = true }
        wake.yield()
    }

    /// Takes what there is to take, as after a notification.
    package func lookAgain() {
        wake.yield()
    }

    private var isStopping: Bool { state.withLock(\.isStopping) }
    private var running: Int { state.withLock(\.running) }

    /// Claims until there is nothing to do or enough is being done.
    private func fill(_ jobs: inout DiscardingTaskGroup) async {
        while true {
            let free = concurrency - running
            guard free > 0, !isStopping else { return }
            let taken = await next(free)
            for turn in taken.turns {
                state.withLock { $0.running += 1 }
                let loop = nextLoop()
                jobs.addTask(executorPreference: loop) {
                    await turn(loop) { !self.isStopping }
                    self.state.withLock { $0.running -= 1 }
                    self.wake.yield()
                }
            }
            if taken.isContended {
                jobs.addTask {
                    await EventLoop.current?.sleep(for: Self.contention)
                    self.wake.yield()
                }
            }
            if taken.turns.count < free { return }
        }
    }

    /// The next jobs; none when the database cannot say: the poll asks again.
    private func next(_ count: Int) async -> Taken {
        guard let loop = EventLoop.current else { return Taken(turns: []) }
        do {
            return try await take(count, loop)
        } catch {
            logger.error("no job could be claimed: \(operatorText(of: error))")
            return Taken(turns: [])
        }
    }

    private func drain(until deadline: Deadline) async {
        var iterator = wakes.makeAsyncIterator()
        while running > 0, !deadline.hasPassed, await iterator.next() != nil {}
    }

    private func poll() async {
        while !Task.isCancelled {
            await EventLoop.current?.sleep(for: queue.timing.pollInterval)
            wake.yield()
        }
    }

    private func listen() async {
        for await event in notifications.events {
            switch event {
            case .connected: wake.yield()
            case .notified(_, let payload): if payload == kind.name { wake.yield() }
            }
        }
    }
}

/// What the log may say about any error.
package func operatorText(of error: any Error) -> String {
    (error as? any ExplainedError)?.operatorText ?? "\(type(of: error))"
}
