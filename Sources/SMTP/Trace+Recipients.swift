/// How one recipient of the message fared.
package struct RecipientResult: Sendable, Equatable {
    package enum Outcome: String, Sendable {
        /// The relay has the message for this recipient.
        case accepted
        case refused
        /// Never decided, or decided without a message that followed.
        case undecided
    }

    package let recipient: String
    package let outcome: Outcome
    /// Of the relay's answer to this recipient.
    package let code: Int?
    /// `5.1.1`; nil when the relay gave none.
    package let enhanced: String?

    package init(recipient: String, outcome: Outcome, code: Int?, enhanced: String?) {
        self.recipient = recipient
        self.outcome = outcome
        self.code = code
        self.enhanced = enhanced
    }
}

extension Trace {
    /// Each recipient that the relay was told, in that order.
    package var recipients: [RecipientResult] {
        steps.filter { $0.name == .recipient }.compactMap { step in
            let facts = JSON.object(step.facts.map { JSON.Member($0.name, $0.value) })
            guard let recipient = facts["recipient"]?.text else { return nil }
            let outcome: RecipientResult.Outcome =
                switch step.status {
                case .failed: .refused
                case .ok, .warning: isMessageAccepted ? .accepted : .undecided
                case .skipped: .undecided
                }
            return RecipientResult(
                recipient: recipient,
                outcome: outcome,
                code: facts["code"]?.number,
                enhanced: facts["enhanced"]?.text
            )
        }
    }
}
