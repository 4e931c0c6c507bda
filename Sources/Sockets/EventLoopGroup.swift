import Glibc
import Synchronization

/// The loops of a process, each on its own thread.
package final class EventLoopGroup: Sendable {
    package let loops: [EventLoop]
    private let threads: [LoopThread]
    private let turn = Atomic<Int>(0)

    /// Starts `count` loops (at least 1); one for each core is the rule.
    package init(count: Int) throws(SocketError) {
        signal(SIGPIPE, SIG_IGN)
        var loops: [EventLoop] = []
        for index in 0..<max(1, count) { loops.append(try EventLoop(name: "loop-\(index)")) }
        self.loops = loops
        self.threads = loops.map { loop in LoopThread { loop.run() } }
    }

    /// One of the loops, in turn.
    package var next: EventLoop {
        let count = turn.wrappingAdd(1, ordering: .relaxed).newValue
        return loops[Int(UInt(bitPattern: count) % UInt(loops.count))]
    }

    /// The loops of cores this process may use.
    package static var coreCount: Int {
        max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    }

    /// Runs `body` as a task of `loop` and waits for what it returns.
    package static func run<Success: Sendable>(
        on loop: EventLoop,
        _ body: @escaping @Sendable () async throws -> Success
    ) async throws -> Success {
        try await withTaskExecutorPreference(loop) { try await body() }
    }

    /// Ends the loops and waits for their threads.
    package func stop() {
        for loop in loops { loop.stop() }
        for thread in threads { thread.join() }
    }
}
