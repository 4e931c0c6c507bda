import Foundation
import SMTP
import Sockets
import Synchronization
import TestSends
import TestServers
import TestSupport
import Testing

/// A worker with several sends in progress is killed as one of them reaches a stage; another takes
/// over, and then every test has ended and no message went twice.
///
/// `SENDPROOF_KILLS` says how often at each stage; once without it.
@Suite(.timeLimit(.minutes(60))) struct KillSweepTests {
    /// Where the first of the sends is when its worker is killed.
    enum Moment: Sendable, CustomTestStringConvertible, CaseIterable {
        case claimed, begun
        case connected, ehlo, sender, recipient, data, body
        case marked
        case finalDot, quit, left

        /// What the relay sees at this moment; nil for what only the database sees.
        var stage: MailSink.Stage? {
            switch self {
            case .claimed, .begun, .marked: nil
            case .connected: .connected
            case .ehlo: .ehlo
            case .sender: .sender
            case .recipient: .recipient
            case .data: .data
            case .body: .body
            case .finalDot: .finalDot
            case .quit: .quit
            case .left: .left
            }
        }

        var testDescription: String { "\(self)" }
    }

    private struct Sighting: Sendable, Equatable {
        let stage: MailSink.Stage
        let round: Int
    }

    private static let kills =
        ProcessInfo.processInfo.environment["SENDPROOF_KILLS"].flatMap(Int.init) ?? 1
    private static let sends = 4

    @Test(arguments: Moment.allCases)
    func `nothing is lost, stuck or sent twice when a worker is killed`(
        _ moment: Moment
    ) async throws {
        let limits = TestLimits(unfinished: 100, perHour: 100_000)
        try await withScene(limits: limits) { scene in
            let (sightings, see) = AsyncStream.makeStream(of: Sighting.self)
            let current = Atomic<Int>(0)
            let sink = try await MailSink(on: scene.loops.next) { stage, _ in
                let round = current.load(ordering: .relaxed)
                see.yield(Sighting(stage: stage, round: round))
                return .usual
            }
            var arrivals = sightings.makeAsyncIterator()
            for round in 0..<Self.kills {
                current.store(round, ordering: .relaxed)
                var tests: [UUID] = []
                for _ in 0..<Self.sends {
                    tests.append(
                        try await scene.send(
                            try scene.settings(sink.address),
                            in: scene.acme
                        )
                    )
                }
                let worker = try WorkerProcess(on: scene.home, masterKeys: scene.masterKeys)
                if let stage = moment.stage {
                    let awaited = Sighting(stage: stage, round: round)
                    while let next = await arrivals.next(), next != awaited {}
                } else {
                    try await wait(for: moment, scene)
                }
                worker.kill()
                try await expectSettled(tests, scene, sink)
            }
        }
    }

    /// Polls: what happens between two looks is missed, which is as good a moment to die.
    private func wait(for moment: Moment, _ scene: TestScene) async throws {
        while true {
            let seen =
                switch moment {
                case .claimed:
                    try await scene.number("SELECT count(*) FROM jobs WHERE attempts > 0")
                case .begun:
                    try await scene.number("SELECT count(*) FROM test_steps")
                default:
                    try await scene.number(
                        "SELECT count(*) FROM jobs WHERE irrevocable_at IS NOT NULL"
                    )
                }
            let left = try await scene.number("SELECT count(*) FROM jobs")
            if seen > 0 || left == 0 { return }
        }
    }

    /// A second worker goes on with what the first left.
    private func expectSettled(
        _ tests: [UUID],
        _ scene: TestScene,
        _ sink: MailSink
    ) async throws {
        let second = try WorkerProcess(on: scene.home, masterKeys: scene.masterKeys)
        defer { second.kill() }
        for test in tests {
            let run = try await scene.end(of: test, in: scene.acme)
            let name = "Message-ID: \(try #require(run.messageID))"
            let deliveries = sink.messages.count { $0.contains(name) }
            switch run.status {
            case .accepted: #expect(deliveries == 1)
            case .outcomeUnknown: #expect(deliveries <= 1)
            default: Issue.record("ended as \(run.status)")
            }
        }
        #expect(try await scene.number("SELECT count(*) FROM jobs") == 0)
    }
}
