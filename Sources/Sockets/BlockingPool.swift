import Glibc
import Observability
import Synchronization

/// A few threads for work that blocks or takes long: password hashes, large files.
///
/// The queue is bounded: what does not fit is refused at once, so that a flood costs nothing.
package final class BlockingPool: @unchecked Sendable {
    // @unchecked: the queue is only touched under the mutex.
    package enum Failure: ExplainedError {
        case full

        package var code: String { "pool.full" }
        package var userText: String { "The server is busy. Try again in a moment." }
        package var operatorText: String { "the queue of the blocking pool is full" }
    }

    private let queueLimit: Int
    private var mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private var wake = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var queue: [@Sendable () -> Void] = []
    private var head = 0
    private var isStopped = false
    private var threads: [LoopThread] = []

    /// Starts `threads` threads (the most that run at once) with room for `queueLimit` waiting.
    package init(threads count: Int, queueLimit: Int) {
        self.queueLimit = queueLimit
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(wake, nil)
        // The threads hold the pool: one that nobody stopped lives on, waiting, with them.
        threads = (0..<count).map { _ in LoopThread { self.serve() } }
    }

    deinit {
        pthread_cond_destroy(wake)
        pthread_mutex_destroy(mutex)
        wake.deallocate()
        mutex.deallocate()
    }

    /// Runs `body` on a thread of the pool.
    ///
    /// Throws: `Failure.full` when the queue has no room, else what `body` throws.
    package func run<Success: Sendable>(
        _ body: @escaping @Sendable () throws -> Success
    ) async throws -> Success {
        try await withCheckedThrowingContinuation { continuation in
            let isAccepted = enqueue { continuation.resume(with: Result { try body() }) }
            if !isAccepted { continuation.resume(throwing: Failure.full) }
        }
    }

    /// Ends the threads after the work that is queued.
    package func stop() {
        pthread_mutex_lock(mutex)
        isStopped = true
        pthread_cond_broadcast(wake)
        pthread_mutex_unlock(mutex)
        for thread in threads { thread.join() }
    }

    private func enqueue(_ work: @escaping @Sendable () -> Void) -> Bool {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        guard !isStopped, queue.count - head < queueLimit else { return false }
        queue.append(work)
        pthread_cond_signal(wake)
        return true
    }

    private func serve() {
        while let work = take() { work() }
    }

    private func take() -> (@Sendable () -> Void)? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while head == queue.count && !isStopped { pthread_cond_wait(wake, mutex) }
        guard head < queue.count else { return nil }
        let work = queue[head]
        head += 1
        if head == queue.count {
            queue.removeAll(keepingCapacity: true)
            head = 0
        }
        return work
    }
}
