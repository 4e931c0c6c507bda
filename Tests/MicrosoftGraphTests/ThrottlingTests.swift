import HTTP
import Mail
import OAuth
import Observability
import Outbound
import SMTP
import Sockets
import TestGraph
import Testing

@testable import MicrosoftGraph

@Suite(.timeLimit(.minutes(3))) struct ThrottlingTests {
    private static func throttled(_ seconds: Int?) -> Response {
        GraphRules.error(
            .tooManyRequests,
            "ApplicationThrottled",
            "Application is over its MailboxConcurrency limit.",
            retryAfter: seconds
        )
    }

    @Test func `Graph's wait is kept to, seen, and followed by the same message`() async throws {
        try await GraphScene.run { scene in
            scene.server.change { $0.faults = [Self.throttled(2)] }
            let marks = Counter()
            let start = Deadline.now
            let trace = try await scene.send(beforeSubmit: { marks.rise() })
            #expect(Deadline.now >= Deadline(nanoseconds: start.nanoseconds + 2_000_000_000))
            #expect(trace.words == ["token ok", "submit warning", "submit ok"])
            #expect(trace.outcome == .accepted)
            #expect(marks.count == 1)
            let first = try #require(trace.steps.first { $0.name == .submit })
            #expect(first.facts.contains(Fact("retryAfterSeconds", .number(2))))
            #expect(first.lines.contains { $0.text == "retry-after: 2" })
            let asked = scene.server.rules.submissions
            #expect(asked.count == 2)
            #expect(asked[0].body == asked[1].body)
            let ids = asked.compactMap { $0.header(named: "client-request-id") }
            #expect(Set(ids).count == 2)
            #expect(scene.server.rules.taken.count == 1)
        }
    }

    @Test func `a wait that does not fit ends the run, and says when to try again`() async throws {
        try await GraphScene.run { scene in
            scene.server.change { $0.faults = [Self.throttled(90)] }
            let trace = try await scene.send(until: .after(.seconds(60)))
            #expect(trace.outcome == .failed)
            #expect(trace.verdict.code == .graphThrottled)
            #expect(trace.verdict.temporary)
            #expect(trace.verdict.advice.contains("in 90 seconds"))
            #expect(trace.verdict.cause.contains("not accepted"))
            #expect(trace.words == ["token ok", "submit warning"])
            // Whatever the deadline, nobody waits for hours.
            scene.server.change { $0.faults = [Self.throttled(3600)] }
            #expect(try await scene.send(until: .never).verdict.code == .graphThrottled)
        }
    }

    @Test func `a service that is busy is asked four times, and no more`() async throws {
        try await GraphScene.run { scene in
            let busy = GraphRules.error(.serviceUnavailable, "ErrorServerBusy", "Busy.")
            scene.server.change { $0.faults = [busy, busy, Response(.serviceUnavailable)] }
            #expect(try await scene.send().outcome == .accepted)
            #expect(scene.server.rules.submissions.count == 4)
            scene.server.change { $0.faults = Array(repeating: busy, count: 9) }
            let trace = try await scene.send()
            #expect(trace.verdict.code == .graphUnavailable)
            #expect(trace.verdict.temporary)
            #expect(trace.verdict.advice.contains("in a few minutes"))
            #expect(trace.words.count { $0 == "submit warning" } == 4)
            #expect(scene.server.rules.submissions.count == 8)
            #expect(scene.server.rules.taken.count == 1)
        }
    }

    @Test func `a cancelled wait ends at once, and nothing was accepted`() async throws {
        try await GraphScene.run { scene in
            scene.server.change { $0.faults = [Self.throttled(50)] }
            let (waiting, source) = AsyncStream.makeStream(of: Void.self)
            let task = Task {
                try await scene.send(
                    until: .after(.seconds(100)),
                    onStep: { event in
                        if case .finished(_, let step) = event, step.status == .warning {
                            source.finish()
                        }
                    }
                )
            }
            for await _ in waiting {}
            task.cancel()
            let trace = try await task.value
            #expect(trace.outcome == .cancelled)
            #expect(trace.verdict.code == .cancelled)
            #expect(scene.server.rules.submissions.count == 1)
        }
    }

    // MARK: - Four at a time

    @Test func `forty messages go four at a time, and each once`() async throws {
        try await GraphScene.run { scene in
            // Each waits until others had every chance to come too.
            scene.server.change { $0.wait = { for _ in 0..<200 { await Task.yield() } } }
            let group = try EventLoopGroup(count: 2)
            defer { group.stop() }
            let traces = try await withThrowingTaskGroup(of: Trace.self) { tasks in
                for number in 0..<40 {
                    let loop = group.loops[number % 2]
                    let account = try scene.account()
                    var message = try scene.message()
                    message.subject = HeaderText(sanitizing: "Number \(number)")
                    let submission = GraphSubmission(mime: message.encoded())
                    let engine = scene.engine
                    tasks.addTask {
                        try await engine.send(submission, with: account, on: loop)
                    }
                }
                return try await tasks.reduce(into: []) { $0.append($1) }
            }
            #expect(traces.allSatisfy { $0.outcome == .accepted })
            #expect(scene.server.mostAtOnce <= ApplicationGate.usual)
            let taken = scene.server.rules.taken.compactMap(\.mime)
            #expect(Set(taken).count == 40)
            #expect(scene.server.rules.submissions.count == 40)
            #expect(scene.server.rules.tokenRequests.count == 1)
        }
    }

    @Test func `the fifth waits for a place, and gives up with the run's time`() async throws {
        let gate = ApplicationGate()
        let group = try EventLoopGroup(count: 1)
        defer { group.stop() }
        let loop = group.loops[0]
        await withTaskExecutorPreference(loop) {
            for _ in 0..<4 { #expect(await gate.enter("a", on: loop, until: .never)) }
            #expect(await gate.enter("b", on: loop, until: .never))
            #expect(await gate.enter("a", on: loop, until: .after(.milliseconds(5))) == false)
            let fifth = Task(executorPreference: loop) {
                await gate.enter("a", on: loop, until: .never)
            }
            let cancelled = Task(executorPreference: loop) {
                await gate.enter("a", on: loop, until: .never)
            }
            cancelled.cancel()
            #expect(await cancelled.value == false)
            gate.leave("a")
            #expect(await fifth.value)
            #expect(await gate.enter("a", on: loop, until: .after(.milliseconds(5))) == false)
            for _ in 0..<4 { gate.leave("a") }
            for _ in 0..<4 { #expect(await gate.enter("a", on: loop, until: .now)) }
        }
    }

    @Test func `a run whose turn does not come sends nothing`() async throws {
        try await GraphScene.run { scene in
            let account = try scene.account()
            let lane = "global \(account.clientID)"
            let (loop, gate) = (scene.loop, scene.engine.gate)
            await withTaskExecutorPreference(loop) {
                for _ in 0..<4 { #expect(await gate.enter(lane, on: loop, until: .never)) }
            }
            let marks = Counter()
            let trace = try await scene.send(
                until: .after(.seconds(2)),
                beforeSubmit: { marks.rise() }
            )
            #expect(trace.verdict.code == .graphBusy)
            #expect(trace.verdict.temporary)
            #expect(marks.count == 0)
            #expect(scene.server.rules.submissions.isEmpty)
        }
    }

    // MARK: - Nobody knows

    @Test(arguments: [
        Response(.gatewayTimeout), Response(.badGateway), Response(.internalServerError),
        GraphRules.error(.internalServerError, "ErrorInternalServerError", "An internal error."),
        GraphRules.error(.gatewayTimeout, "UnknownError", ""), Response(.ok),
    ])
    func `an answer that leaves it open is never followed by a second message`(
        _ answer: Response
    ) async throws {
        try await GraphScene.run { scene in
            scene.server.change { $0.faults = [answer] }
            let trace = try await scene.send()
            #expect(trace.outcome == .outcomeUnknown)
            #expect(trace.verdict.code == .graphOutcomeUnknown)
            #expect(!trace.verdict.temporary)
            #expect(trace.words == ["token ok", "submit failed"])
            #expect(scene.server.rules.submissions.count == 1)
            #expect(!trace.isMessageAccepted)
        }
    }

    @Test func `a message whose answer never came is of unknown fate, and not sent again`()
        async throws
    {
        try await GraphScene.run { scene in
            let end = try await DeadEnd(like: scene.server, on: scene.loop)
            let engine = GraphScene.engine(scene.server, graphPort: end.port)
            let marks = Counter()
            let trace = try await engine.send(
                try scene.submission(),
                with: try scene.account(),
                on: scene.loop,
                until: .after(.seconds(60)),
                beforeSubmit: { marks.rise() }
            )
            let request = try await end.request
            #expect(request.hasPrefix("POST /v1.0/users/no-reply%40contoso.com/sendMail HTTP"))
            #expect(trace.outcome == .outcomeUnknown)
            #expect(trace.verdict.code == .graphOutcomeUnknown)
            #expect(trace.verdict.cause.contains("not sent again"))
            #expect(marks.count == 1)
        }
    }

    @Test func `the answer is waited for beyond the run's time, and not for ever`() async throws {
        var limits = GraphScene.limits
        limits.answer = .seconds(3)
        try await GraphScene.run(limits: limits) { scene in
            _ = try await scene.send()
            let (forever, source) = AsyncStream.makeStream(of: Void.self)
            scene.server.change { $0.wait = { for await _ in forever {} } }
            let start = Deadline.now
            let trace = try await scene.send(until: .after(.seconds(1)))
            #expect(Deadline.now >= Deadline(nanoseconds: start.nanoseconds + 3_000_000_000))
            #expect(trace.outcome == .outcomeUnknown)
            source.finish()
        }
    }

    @Test func `a cancellation while the answer is awaited leaves the outcome open`() async throws {
        try await GraphScene.run { scene in
            let (arrived, arrival) = AsyncStream.makeStream(of: Void.self)
            let (forever, source) = AsyncStream.makeStream(of: Void.self)
            scene.server.change {
                $0.wait = {
                    arrival.finish()
                    for await _ in forever {}
                }
            }
            let task = Task { try await scene.send() }
            for await _ in arrived {}
            task.cancel()
            let trace = try await task.value
            #expect(trace.outcome == .outcomeUnknown)
            source.finish()
        }
    }

    @Test func `a Retry-After with a success is no reason to send again`() async throws {
        try await GraphScene.run { scene in
            var accepted = Response(.accepted)
            accepted.headers.append("Retry-After", "1")
            scene.server.change { $0.faults = [accepted] }
            let trace = try await scene.send()
            #expect(trace.outcome == .accepted)
            #expect(scene.server.rules.submissions.count == 1)
        }
    }
}
