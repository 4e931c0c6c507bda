import Mail
import SMTP

/// What becomes of a message after an attempt.
///
/// What is wrong with the way there, sign-in and sender included, makes mail wait: somebody puts it
/// right, and nothing is lost. What the server says about this very message is final.
enum DeliveryDecision: Equatable {
    case finish(DeliveryStatus)
    /// Tried again later, for those recipients who are not decided yet.
    case wait(holdsOthers: Bool)
    /// Broken off for a reason of ours; begun again at once, and not counted.
    case again

    /// Decides; `decided` has what earlier attempts came to, and then also what this one did.
    ///
    /// `isLast` when the time is up that messages are tried.
    static func make(
        _ trace: Trace,
        for recipients: [Address],
        _ decided: inout [RecipientResult],
        isLast: Bool
    ) -> DeliveryDecision {
        switch trace.outcome {
        case .outcomeUnknown: return .finish(.outcomeUnknown)
        case .cancelled: return .again
        case .accepted, .failed, .timedOut: break
        }
        decided += trace.decisions(of: recipients)
        let isOpen = recipients.contains { recipient in
            !decided.contains { $0.recipient == recipient.text }
        }
        let hasAccepted = decided.contains { $0.outcome == .accepted }
        if isOpen, !isLast { return .wait(holdsOthers: !trace.isWayGood) }
        if isOpen { return .finish(hasAccepted ? .acceptedInPart : .expired) }
        guard hasAccepted else { return .finish(.failed) }
        return .finish(
            decided.allSatisfy { $0.outcome == .accepted } ? .accepted : .acceptedInPart
        )
    }
}

extension Trace {
    /// Whether it got as far as the message: the way there is good.
    var isWayGood: Bool {
        isMessageAccepted || [.recipient, .data, .accepted].contains(verdict.step)
    }

    /// What is final for each of the recipients; nothing for those to be tried again.
    fileprivate func decisions(of recipients: [Address]) -> [RecipientResult] {
        let answers = Dictionary(
            self.recipients.map { ($0.recipient, $0) },
            uniquingKeysWith: { $1 }
        )
        return recipients.compactMap { recipient in
            let answer = answers[recipient.text]
            if let answer, answer.outcome == .refused {
                return answer.isFinal ? answer : nil
            }
            if isMessageAccepted {
                return answer
                    ?? RecipientResult(
                        recipient: recipient.text,
                        outcome: .accepted,
                        code: nil,
                        enhanced: nil
                    )
            }
            guard isMessageRefused else { return nil }
            return RecipientResult(
                recipient: recipient.text,
                outcome: .refused,
                code: verdict.reply?.code,
                enhanced: verdict.reply?.enhanced
            )
        }
    }

    /// Whether the server, or we for it, refused this very message for everybody and for good.
    private var isMessageRefused: Bool {
        guard !verdict.temporary else { return false }
        return switch verdict.code {
        case .sizeExceeded, .utf8NotOffered, .eightBitNotOffered, .lineTooLong, .dataRejected,
            .policyRejected, .graphRecipientInvalid, .graphSizeExceeded, .graphMessageInvalid:
            true
        default: false
        }
    }
}

extension RecipientResult {
    fileprivate var isFinal: Bool { (code ?? 0) >= 500 }
}
