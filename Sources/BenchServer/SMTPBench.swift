import Mail
import SMTP
import Sockets

/// Hands messages of 2 KB to a relay on loopback, as fast as it takes them.
enum SMTPBench {
    private static let size = 2048

    /// Sends `count` messages over `connections` at once, each on a new connection or on kept ones,
    /// and prints how long it took.
    static func run(count: Int, connections: Int, port: UInt16, keeps: Bool) async throws {
        let loops = try EventLoopGroup(count: EventLoopGroup.coreCount)
        defer { loops.stop() }
        let settings = try settings(port)
        let submission = try submission()
        let engine = Engine(blocking: BlockingPool(threads: 1, queueLimit: 1))
        let kept = Connections(engine)
        let began = ContinuousClock.now
        try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<connections {
                let loop = loops.loops[number % loops.loops.count]
                let share = count / connections + (number < count % connections ? 1 : 0)
                group.addTask(executorPreference: loop) {
                    for _ in 0..<share {
                        let trace =
                            keeps
                            ? try await kept.send(submission, with: settings, on: loop)
                            : try await engine.send(
                                submission,
                                with: settings,
                                to: .firstWorking,
                                on: loop
                            )
                        guard trace.outcome == .accepted else {
                            throw JobBench.Failure(text: trace.verdict.cause)
                        }
                    }
                    return share
                }
            }
            for try await _ in group {}
        }
        await kept.close()
        let seconds = (ContinuousClock.now - began) / .seconds(1)
        print("seconds \(seconds)")
    }

    /// Holds `count` conversations with a slow relay at once; prints how many were accepted.
    static func hold(_ count: Int, port: UInt16) async throws {
        let loops = try EventLoopGroup(count: EventLoopGroup.coreCount)
        defer { loops.stop() }
        let settings = try settings(port)
        let submission = try submission()
        let engine = Engine(blocking: BlockingPool(threads: 1, queueLimit: 1))
        let accepted = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<count {
                let loop = loops.loops[number % loops.loops.count]
                group.addTask(executorPreference: loop) {
                    try await engine.send(submission, with: settings, on: loop).outcome == .accepted
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        print("accepted \(accepted)")
    }

    private static func settings(_ port: UInt16) throws -> ConnectionSettings {
        guard let host = Host("127.0.0.1") else { throw JobBench.Failure(text: "no host") }
        var settings = ConnectionSettings(host: host, port: port)
        settings.tls = .none
        settings.timeoutSeconds = 255
        return settings
    }

    private static func submission() throws -> Submission {
        let sender = try Address(parsing: "bench@borealis.example")
        let recipient = try Address(parsing: "inbox@example.com")
        let head = "From: <bench@borealis.example>\r\nTo: <inbox@example.com>\r\n\r\n"
        var message = Array(head.utf8)
        let line = Array((String(repeating: "x", count: 70) + "\r\n").utf8)
        while message.count < size { message += line }
        return Submission(sender: sender, recipients: [recipient], message: message)
    }
}
