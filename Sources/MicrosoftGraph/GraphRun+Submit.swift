import Cryptography
import OAuth
import Observability
import Outbound
import SMTP
import Sockets

extension GraphRun {
    /// Submits the message until Graph takes it, or says for good that it does not, or nobody
    /// knows.
    func deliver(_ submission: GraphSubmission) async throws -> Verdict {
        var token = try await token(.kept)
        var pause = engine.limits.backOff
        var attempt = 1
        var isRenewed = false
        while true {
            let outcome = try await submit(submission, token)
            switch outcome {
            case .accepted: return accepted
            case .failed(let failure):
                // Revoked, or meant for something else by now; nothing was taken with it.
                guard failure.advice.code == .graphTokenRejected, token.isCached, !isRenewed else {
                    throw failure
                }
                isRenewed = true
                token = try await self.token(.other(than: token.text))
            case .later(let failure):
                let wait = failure.retryAfter ?? pause
                guard attempt < engine.limits.attempts, fits(wait) else { throw failure }
                await loop.sleep(for: wait)
                attempt += 1
                pause += pause
            }
        }
    }

    /// What a submission came to.
    private enum Outcome {
        case accepted
        case failed(GraphFailure)
        /// Not taken, and worth another try.
        case later(GraphFailure)
    }

    private func fits(_ wait: Duration) -> Bool {
        wait <= engine.limits.longestWait && Deadline.after(wait) < deadline
    }

    /// One request, a step of its own.
    private func submit(
        _ submission: GraphSubmission,
        _ token: GraphToken
    ) async throws -> Outcome {
        try await recorder.begin(.submit, address: nil)
        recorder.add(facts(submission))
        do {
            let request = try request(submission, token)
            let isTurn = await engine.gate.enter(lane, on: loop, until: deadline)
            defer { if isTurn { engine.gate.leave(lane) } }
            if let interruption = interruption(at: .submit), isTurn || Task.isCancelled {
                throw interruption
            }
            guard isTurn else { throw GraphFailure(advice: .busy, step: .submit) }
            try await mark()
            return try await conclude(try await exchange(request, token), token)
        } catch let failure as GraphFailure {
            try await recorder.finish(.failed, [Fact("error", verdict(failure).cause)])
            return .failed(failure)
        }
    }

    /// From here on the message may have been accepted.
    private func mark() async throws {
        guard !isMarked else { return }
        try await beforeSubmit()
        isMarked = true
        recorder.mustGoOn = true
    }

    /// Whose places in the row are taken.
    private var lane: String { "\(account.cloud.rawValue) \(account.clientID.lowercased())" }

    // MARK: - The request

    private func request(
        _ submission: GraphSubmission,
        _ token: GraphToken
    ) throws(GraphFailure) -> HTTPSRequest {
        let id = RequestID.text(engine.random)
        let bearer = token.text.reveal { Redacted(Array("Bearer ".utf8) + $0) }
        guard let url = engine.endpoints.sendMail(account) else {
            throw GraphFailure(advice: .settings, step: .submit, reason: "no address")
        }
        let proxy = try proxy(to: url, at: .submit)
        var request = HTTPSRequest(
            .post,
            url,
            headers: [
                HTTPSRequest.Header("Authorization", bearer),
                HTTPSRequest.Header("Content-Type", submission.form.mediaType),
                HTTPSRequest.Header("Accept", "application/json"),
                HTTPSRequest.Header("client-request-id", id),
                HTTPSRequest.Header("return-client-request-id", "true"),
            ].compactMap { $0 },
            body: Redacted(submission.body),
            proxy: proxy
        )
        request.connectTime = engine.limits.connect
        if let proxy { recorder.add([Fact("proxy", proxy.place)]) }
        recorder.add([Fact("clientRequestID", id)])
        let content = submission.form == .mime ? "the message in base64" : "the message as JSON"
        let lines = [
            "POST \(url.text)", "Authorization: Bearer [redacted]",
            "Content-Type: \(submission.form.mediaType)", "client-request-id: \(id)",
            "(\(content), \(submission.body.count) bytes)",
        ]
        lines.forEach { recorder.add(Line(from: .us, text: $0)) }
        return request
    }

    /// The answer; waited for long enough, whatever is left of the run's time.
    private func exchange(
        _ request: HTTPSRequest,
        _ token: GraphToken
    ) async throws(GraphFailure) -> GraphAnswer {
        do throws(HTTPSError) {
            let until = max(deadline, .after(engine.limits.answer))
            let limit = min(until, .after(.seconds(600)))
            let response = try await engine.https.send(request, on: loop, until: limit)
            return GraphAnswer(response, TokenTranscript(hiding: [token.text]))
        } catch {
            guard error.mayBeSent else {
                if Task.isCancelled { throw .ended(.cancelled, at: .submit) }
                throw .unsent(error, at: .submit)
            }
            throw GraphFailure(
                advice: .unanswered,
                step: .submit,
                outcome: .outcomeUnknown,
                reason: error.userText
            )
        }
    }

    // MARK: - The answer

    private func conclude(_ answer: GraphAnswer, _ token: GraphToken) async throws -> Outcome {
        answer.lines.forEach { recorder.add(Line(from: .relay, text: $0)) }
        var facts = [Fact("status", .number(answer.status))]
        if let id = answer.requestID { facts.append(Fact("requestID", id)) }
        func failure(_ advice: AdviceEntry, _ outcome: TraceOutcome = .failed) -> GraphFailure {
            GraphFailure(
                advice: advice,
                step: .submit,
                outcome: outcome,
                reason: answer.reason,
                reply: Verdict.RelayReply(code: answer.status, enhanced: nil, text: answer.words),
                retryAfter: answer.retryAfter
            )
        }
        switch answer.fate(hasPermission: token.hasPermission) {
        case .accepted:
            try await recorder.finish(.ok, facts + [Fact("note", acceptance)])
            return .accepted
        case .refused(let advice): return try await close(.failed, facts, .failed(failure(advice)))
        case .unknown(let advice):
            return try await close(.failed, facts, .failed(failure(advice, .outcomeUnknown)))
        case .later(let advice):
            if let wait = answer.retryAfter {
                facts.append(Fact("retryAfterSeconds", .number(Int(wait.components.seconds))))
            }
            return try await close(.warning, facts, .later(failure(advice)))
        }
    }

    private func close(
        _ status: StepStatus,
        _ facts: [Fact],
        _ outcome: Outcome
    ) async throws -> Outcome {
        let failure: GraphFailure? =
            switch outcome {
            case .accepted: nil
            case .failed(let failure), .later(let failure): failure
            }
        let words = failure.map { [Fact("error", verdict($0).cause)] } ?? []
        try await recorder.finish(status, facts + words)
        return outcome
    }
}

/// A name for a request that nobody else gives (RFC 9562, version 4).
enum RequestID {
    static func text(_ random: RandomSource) -> String {
        var bytes = random.bytes(count: 16)
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for (index, byte) in bytes.enumerated() {
            if [4, 6, 8, 10].contains(index) { text.append(UInt8(ascii: "-")) }
            text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
        return String(decoding: text, as: UTF8.self)
    }
}
