package import SMTP

extension Trace {
    /// The same with the steps and the time of everything that went before.
    func whole(_ steps: [Step], _ startedAt: TraceTime, _ duration: Int) -> Trace {
        Trace(
            kind: kind,
            outcome: outcome,
            startedAt: startedAt,
            durationMilliseconds: duration,
            messageID: messageID,
            queueID: queueID,
            verdict: verdict,
            addresses: addresses,
            steps: steps
        )
    }

    /// The end of a run that never came to its conversation.
    package init(
        endedBy verdict: Verdict,
        _ kind: TraceKind,
        _ steps: [Step],
        _ startedAt: TraceTime,
        _ duration: Int
    ) {
        self.init(
            kind: kind,
            outcome: verdict.code == .cancelled ? .cancelled : .failed,
            startedAt: startedAt,
            durationMilliseconds: duration,
            messageID: nil,
            queueID: nil,
            verdict: verdict,
            addresses: [],
            steps: steps
        )
    }
}

extension Trace.Step {
    /// The same step of a run that began earlier.
    func later(by milliseconds: Int) -> Trace.Step {
        Trace.Step(
            name: name,
            address: address,
            status: status,
            offsetMilliseconds: offsetMilliseconds + milliseconds,
            durationMilliseconds: durationMilliseconds,
            facts: facts,
            lines: lines
        )
    }
}
