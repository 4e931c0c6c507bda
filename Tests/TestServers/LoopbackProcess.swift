import Foundation
import Synchronization

/// A real server on loopback that runs as long as this value, and never longer than the tests.
package final class LoopbackProcess: Sendable {
    /// Of the guardian, which ends the server.
    private let process: pid_t
    /// Held open: when it closes, also because the tests died, the server is ended.
    private let life: Int32

    package struct Failure: Error { package let reason: String }

    /// Starts `command` in the foreground and waits until it listens on `port`.
    package init(_ command: [String], port: UInt16) throws {
        guard FileManager.default.isExecutableFile(atPath: command[0]) else {
            throw Failure(reason: "\(command[0]) is missing: deploy/packages test installs it")
        }
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw Failure(reason: "no pipe") }
        defer { close(ends[0]) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        life = ends[1]
        let words = ["/bin/bash", "-c", Self.guardian, "guardian"] + command
        process = try Self.spawn(words, input: ends[0])
        try wait(for: port, command[0])
    }

    deinit {
        kill(process, SIGTERM)
        close(life)
    }

    /// Runs the server until it is told to end or the tests are gone.
    ///
    /// What it inherited are the tests' locks and sockets, which it must not hold.
    private static let guardian = """
        for descriptor in /proc/$$/fd/*; do
            descriptor=${descriptor##*/}
            if [ "$descriptor" -gt 2 ] && [ "$descriptor" != 255 ]; then
                eval "exec $descriptor>&-"
            fi
        done
        "$@" </dev/null &
        child=$!
        trap 'kill $child; sleep 2; kill -9 $child' EXIT
        trap exit TERM
        read -r line
        """

    /// Not Foundation's Process, whose one thread waits for a child that closes its descriptors.
    private static func spawn(_ words: [String], input: Int32) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, 0)
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        let arguments = words.map { strdup($0) }
        let environment = [strdup("PATH=/usr/sbin:/usr/bin:/sbin:/bin")]
        defer { for text in arguments + environment { free(text) } }
        var process: pid_t = 0
        let result = posix_spawn(
            &process,
            words[0],
            &actions,
            nil,
            arguments + [nil],
            environment + [nil]
        )
        guard result == 0 else { throw Failure(reason: "\(words[0]) does not start") }
        return process
    }

    private func wait(for port: UInt16, _ name: String) throws {
        let limit = ContinuousClock.now.advanced(by: .seconds(30))
        while ContinuousClock.now < limit {
            if Self.answers(port) { return }
            // Another process starts; it gives no signal but the open port.
            usleep(20_000)
        }
        throw Failure(reason: "\(name) does not listen on \(port)")
    }

    private static func answers(_ port: UInt16) -> Bool {
        withSocket(port) { connect($0, $1, $2) == 0 }
    }

    /// A new socket, and the port's address on loopback as the system takes it.
    private static func withSocket(
        _ port: UInt16,
        _ body: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Bool
    ) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    private static let turn = Atomic<Int>(0)

    /// A port that nobody uses, for a process about to start.
    ///
    /// Below the ports that the system gives to connections and to listeners on port 0, so that no
    /// other test gets it meanwhile; each is named once in a process.
    package static func freePort() throws -> UInt16 {
        for _ in 0..<1000 {
            let number = turn.wrappingAdd(1, ordering: .relaxed).newValue
            let port = UInt16(10_000 + (Int(getpid()) * 101 + number) % 10_000)
            // Else somebody has it: the next one.
            if withSocket(port, { bind($0, $1, $2) == 0 && listen($0, 1) == 0 }) { return port }
        }
        throw Failure(reason: "no port is free")
    }
}
