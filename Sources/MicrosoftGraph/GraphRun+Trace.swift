import Mail
import OAuth
import Outbound
import SMTP

extension GraphRun {
    func trace(_ verdict: Verdict) -> Trace { trace(.accepted, verdict) }

    func trace(_ failure: GraphFailure) -> Trace { trace(failure.outcome, verdict(failure)) }

    private func trace(_ outcome: TraceOutcome, _ verdict: Verdict) -> Trace {
        Trace(
            kind: submission == nil ? .connection : .send,
            outcome: outcome,
            startedAt: startedAt,
            durationMilliseconds: recorder.elapsed,
            messageID: submission?.messageID,
            queueID: nil,
            verdict: verdict,
            addresses: [],
            steps: recorder.steps
        )
    }

    /// What is known of a submission before it is one.
    func facts(_ submission: GraphSubmission) -> [Fact] {
        var facts = [
            Fact("server", engine.endpoints.sendMail(account)?.place ?? account.cloud.graphHost),
            Fact("mailbox", account.mailbox.text),
            Fact("form", submission.form.title),
            Fact("size", .number(submission.body.count)),
            Fact("savedToSentItems", .bool(submission.form == .mime)),
        ]
        if let from = submission.from, from != account.mailbox {
            facts.append(Fact("from", from.text))
        }
        if !submission.omitted.isEmpty {
            facts.append(Fact("leftOut", .array(submission.omitted.map(JSON.string))))
        }
        return facts
    }

    var acceptance: String {
        "Accepted by Microsoft (202), not delivered: if sending fails later, a non-delivery "
            + "report comes into the Inbox of \(account.mailbox.text)."
    }

    var accepted: Verdict {
        Verdict(
            code: .graphAccepted,
            step: nil,
            field: nil,
            cause: "The message was accepted by Microsoft (202); that does not mean delivered. If "
                + "sending fails later, a non-delivery report comes into the Inbox of "
                + "\(account.mailbox.text).",
            advice: "",
            whoCanFix: nil,
            temporary: false,
            reply: nil
        )
    }

    func verdict(_ failure: GraphFailure) -> Verdict {
        let values = values(failure)
        return Verdict(
            code: failure.advice.code,
            step: failure.step,
            field: failure.advice.field,
            cause: AdviceEntry.fill(failure.advice.cause, values),
            advice: AdviceEntry.fill(failure.advice.advice, values),
            whoCanFix: failure.outcome == .cancelled ? nil : failure.advice.who,
            temporary: failure.advice.isTemporary,
            reply: failure.reply
        )
    }

    private func values(_ failure: GraphFailure) -> [String: String] {
        let place = engine.endpoints.sendMail(account)?.place ?? account.cloud.graphHost
        let login = engine.endpoints.token(account)?.place ?? account.cloud.loginHost
        let when =
            failure.retryAfter.map { "in \($0.components.seconds) seconds" } ?? "in a few minutes"
        return [
            "reason": failure.reason, "host": place, "login": login, "when": when,
            "mailbox": account.mailbox.text, "client": account.clientID,
            "tenant": account.tenantID, "cloud": account.cloud.title, "scope": account.scope,
            "from": submission?.from?.text ?? "the From address",
            "status": failure.reply.map { String($0.code) } ?? "unknown",
        ]
    }
}
