import Mail
import OAuth
import Observability
import Outbound
import SMTP
import Sockets

/// One test or one delivery.
final class GraphRun {
    let engine: GraphEngine
    let account: GraphAccount
    /// Nil for a connection test.
    let submission: GraphSubmission?
    let loop: EventLoop
    let deadline: Deadline
    let recorder: StepRecorder
    let startedAt: TraceTime
    let beforeSubmit: @Sendable () async throws -> Void
    /// Whether `beforeSubmit` was called.
    var isMarked = false

    init(
        _ engine: GraphEngine,
        _ account: GraphAccount,
        _ submission: GraphSubmission?,
        loop: EventLoop,
        deadline: Deadline,
        recorder: StepRecorder,
        beforeSubmit: @escaping @Sendable () async throws -> Void
    ) {
        self.engine = engine
        self.account = account
        self.submission = submission
        self.loop = loop
        self.deadline = deadline
        self.recorder = recorder
        self.beforeSubmit = beforeSubmit
        startedAt = engine.clock()
    }

    func perform() async throws -> Trace {
        do {
            if let submission {
                try await checkSize(submission)
                return trace(try await deliver(submission))
            }
            let token = try await token(.new)
            try await reach()
            return trace(connected(token))
        } catch let failure as GraphFailure {
            return trace(failure)
        }
    }

    // MARK: - Before anything is sent

    private func checkSize(_ submission: GraphSubmission) async throws {
        let size = submission.body.count
        guard size > GraphLimits.body else { return }
        try await recorder.begin(.submit, address: nil)
        try await recorder.finish(.failed, facts(submission))
        throw GraphFailure(
            advice: .tooLarge,
            step: .submit,
            reason: "the request would have \(size) bytes, and \(GraphLimits.body) are taken"
        )
    }

    /// Why the run must end now, while nothing is under way.
    func interruption(at step: StepName) -> GraphFailure? {
        if Task.isCancelled { return .ended(.cancelled, at: step) }
        return deadline.hasPassed ? .ended(.timedOut, at: step) : nil
    }

    func proxy(to url: HTTPSURL, at step: StepName) throws(GraphFailure) -> Proxy? {
        do throws(OAuthFailure) {
            return try account.proxy.proxy(to: url, engine.proxyEnvironment)
        } catch {
            throw GraphFailure(advice: .proxy, step: step, reason: error.words)
        }
    }

    // MARK: - The connection test

    /// Sees whether Graph answers at all, with a question that needs no permission and no token.
    private func reach() async throws {
        try await recorder.begin(.connect, address: nil)
        var facts: [Fact] = []
        do {
            guard let url = engine.endpoints.root(account) else {
                throw GraphFailure(advice: .settings, step: .connect, reason: "no address")
            }
            if let interruption = interruption(at: .connect) { throw interruption }
            let proxy = try proxy(to: url, at: .connect)
            facts = [Fact("server", url.place)] + (proxy.map { [Fact("proxy", $0.place)] } ?? [])
            let answer = try await ask(HTTPSRequest(.get, url, proxy: proxy))
            recorder.add(Line(from: .us, text: "GET \(url.text)"))
            answer.lines.forEach { recorder.add(Line(from: .relay, text: $0)) }
            facts.append(Fact("status", .number(answer.status)))
            if answer.requestID == nil {
                let reason = "it answered with the status \(answer.status) and no request ID"
                throw GraphFailure(advice: .response, step: .connect, reason: reason)
            }
            try await recorder.finish(.ok, facts)
        } catch let failure as GraphFailure {
            try await recorder.finish(.failed, facts + [Fact("error", verdict(failure).cause)])
            throw failure
        }
    }

    private func ask(_ request: HTTPSRequest) async throws(GraphFailure) -> GraphAnswer {
        do throws(HTTPSError) {
            let until = min(deadline, .after(engine.limits.answer))
            let response = try await engine.https.send(request, on: loop, until: until)
            return GraphAnswer(response, TokenTranscript(hiding: []))
        } catch {
            throw interruption(at: .connect) ?? .unsent(error, at: .connect)
        }
    }

    private func connected(_ token: GraphToken) -> Verdict {
        let mailbox = account.mailbox.text
        let permission =
            token.hasPermission
            ? "it has the permission Mail.Send"
            : "it does not name the permission Mail.Send, which is right only where Exchange "
                + "Online gives it (RBAC for Applications)"
        return Verdict(
            code: .graphConnected,
            step: nil,
            field: nil,
            cause: "Microsoft gave the application a token: \(permission). Whether it may send "
                + "from \(mailbox) only a test email can show.",
            advice: "",
            whoCanFix: nil,
            temporary: false,
            reply: nil
        )
    }
}
