import Foundation
import Synchronization
import Testing

/// The executable, as somebody starts it.
///
/// Not with Foundation's `Process`, which crashes when it starts many at once.
final class SendproofProcess: Sendable {
    struct Failure: Error { let number: Int32 }

    struct End: Sendable {
        let status: Int32
        let output: String
        let complaint: String
    }

    let id: pid_t
    private let said: Words
    private let complained: Words
    private let ended: AsyncStream<Void>
    /// How it ended; nil while its number is still its own.
    private let status = Mutex<Int32?>(nil)

    /// The folder of what was built.
    static func products() throws -> String {
        let words = try #require(CommandLine.arguments.first).split(separator: "/").dropLast()
        return "/" + words.joined(separator: "/")
    }

    init(_ arguments: [String], _ environment: [String: String]) throws {
        said = try Words()
        complained = try Words()
        let variables = ProcessInfo.processInfo.environment
            .filter { !$0.key.hasPrefix("SENDPROOF_") }.merging(environment) { $1 }
        id = try Self.spawn(
            try Self.products() + "/sendproof",
            arguments,
            variables.map { "\($0.key)=\($0.value)" },
            output: said.end,
            complaint: complained.end
        )
        let (ended, end) = AsyncStream.makeStream(of: Void.self)
        self.ended = ended
        said.listen()
        complained.listen()
        Thread.detachNewThread { [self] in
            var facts = siginfo_t()
            // Left there until nobody can signal its number any more.
            while waitid(P_PID, id_t(id), &facts, WEXITED | WNOWAIT) != 0, errno == EINTR {}
            status.withLock { status in
                var word: Int32 = 0
                waitpid(id, &word, 0)
                status = word & 0x7F == 0 ? (word >> 8) & 0xFF : word & 0x7F
            }
            end.finish()
        }
    }

    var output: String { said.text }
    var complaint: String { complained.text }
    var isRunning: Bool { status.withLock { $0 == nil } }

    func signal(_ number: Int32) {
        status.withLock { status in
            if status == nil, id > 1 { kill(id, number) }
        }
    }

    /// Waits for its end; the status is that of the exit, or the number of the signal.
    func end() async -> End {
        for await _ in ended {}
        await said.toEnd()
        await complained.toEnd()
        return End(
            status: status.withLock { $0 } ?? -1,
            output: output,
            complaint: complaint
        )
    }

    /// Kills it without any warning; gives how it ended, should it have been quicker.
    @discardableResult
    func killed() async -> End {
        signal(SIGKILL)
        return await end()
    }

    /// Waits until it has printed `text`, or has ended.
    func prints(_ text: String) async { await said.reach(text) }

    /// Waits until it has said `text` on standard error, or has ended.
    func complains(_ text: String) async { await complained.reach(text) }

    private static func spawn(
        _ path: String,
        _ arguments: [String],
        _ environment: [String],
        output: Int32,
        complaint: Int32
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, complaint, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // The threads of a test block signals, which would be inherited.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var words = ([path] + arguments).map { strdup($0) } + [nil]
        var variables = environment.map { strdup($0) } + [nil]
        defer { for text in words + variables { free(text) } }
        var id: pid_t = 0
        let result = posix_spawn(&id, path, &actions, &attributes, &words, &variables)
        close(output)
        close(complaint)
        guard result == 0 else { throw Failure(number: result) }
        return id
    }

    /// What comes out of one of its ends.
    private final class Words: Sendable {
        /// Where the process writes.
        let end: Int32
        private let start: Int32
        private let heard = Mutex("")
        private let changes: AsyncStream<Void>
        private let change: AsyncStream<Void>.Continuation

        init() throws {
            var ends: [Int32] = [0, 0]
            // Closed in other processes from the start, unlike the ends of a pipe.
            let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
            guard socketpair(AF_UNIX, type, 0, &ends) == 0 else { throw Failure(number: errno) }
            start = ends[0]
            end = ends[1]
            (changes, change) = AsyncStream.makeStream(of: Void.self)
        }

        func listen() {
            Thread.detachNewThread { [self] in
                var chunk = [UInt8](repeating: 0, count: 4096)
                while true {
                    let count = read(start, &chunk, chunk.count)
                    if count < 0, errno == EINTR { continue }
                    guard count > 0 else { break }
                    heard.withLock { $0 += String(decoding: chunk.prefix(count), as: UTF8.self) }
                    change.yield()
                }
                close(start)
                change.finish()
            }
        }

        var text: String { heard.withLock { $0 } }

        func reach(_ wanted: String) async {
            if text.contains(wanted) { return }
            for await _ in changes where text.contains(wanted) { return }
        }

        func toEnd() async {
            for await _ in changes {}
        }
    }
}
