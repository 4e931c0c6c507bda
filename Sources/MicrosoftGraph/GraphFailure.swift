import OAuth
import Outbound
import SMTP

/// Why Microsoft did not take a message, or why that is not known.
struct GraphFailure: Error, Sendable {
    let advice: AdviceEntry
    let step: StepName
    var outcome = TraceOutcome.failed
    /// Of the server, or of the network; a part of a sentence, or a whole one.
    var reason = ""
    var reply: Verdict.RelayReply?
    var retryAfter: Duration?

    /// The run was ended from outside, while nothing was accepted.
    static func ended(_ outcome: TraceOutcome, at step: StepName) -> GraphFailure {
        let isCancelled = outcome == .cancelled
        let advice = AdviceEntry(
            isCancelled ? .cancelled : .timedOut,
            field: nil,
            who: .administrator,
            temporary: !isCancelled,
            cause: isCancelled
                ? "The test was cancelled. Microsoft has accepted nothing."
                : "The whole run reached its time limit. Microsoft has accepted nothing.",
            advice: isCancelled ? "" : "Try again, or look which step took so long."
        )
        return GraphFailure(advice: advice, step: step, outcome: outcome)
    }

    /// No answer to a request that had nothing in it to accept, or that was never sent.
    static func unsent(_ error: HTTPSError, at step: StepName) -> GraphFailure {
        let advice: AdviceEntry =
            switch error.kind {
            case .tls, .configuration: .secured
            case .forbidden: .forbidden
            case .protocolViolation, .tooLarge: .response
            default: .unreachable
            }
        let reason = error.userText
        let isPart = advice.code == .graphResponse
        return GraphFailure(advice: advice, step: step, reason: isPart ? "no HTTP" : reason)
    }
}
