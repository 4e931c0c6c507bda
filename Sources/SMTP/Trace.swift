/// What a run is for.
package enum TraceKind: String, CaseIterable, Sendable {
    /// Everything up to and including authentication; no mail.
    case connection
    /// A real message.
    case send
}

/// How a run ended.
package enum TraceOutcome: String, CaseIterable, Sendable {
    /// Every address worked, and the message, if there was one, was accepted by the server.
    case accepted
    case failed
    /// The message went out, and no answer came back: it may have been accepted.
    case outcomeUnknown
    /// The whole run reached its time limit.
    case timedOut
    case cancelled
}

/// A step of a run, in the words of the product.
package enum StepName: String, CaseIterable, Sendable {
    case credentials, resolve, connect, proxy, tls, greeting, ehlo, startTLS, authenticate
    case sender, recipient, data, accepted, quit
    case token, submit
}

package enum StepStatus: String, CaseIterable, Sendable {
    case ok, warning, failed, skipped
}

/// Something that a step found out.
package struct Fact: Sendable, Equatable {
    package let name: String
    package let value: JSON

    package init(_ name: String, _ value: JSON) {
        self.name = name
        self.value = value
    }

    package init(_ name: String, _ text: String) {
        self.init(name, .string(text))
    }
}

/// A line of the conversation, fit to be shown; never a secret.
package struct Line: Sendable, Equatable {
    package enum Speaker: String, Sendable { case relay, us }

    package let from: Speaker
    package let text: String

    package init(from: Speaker, text: String) {
        self.from = from
        self.text = text
    }
}

/// How one address of the host fared.
package struct AddressResult: Sendable, Equatable {
    package enum Outcome: String, Sendable { case ok, failed, skipped }

    /// Without port and brackets.
    package let address: String
    package let outcome: Outcome
    /// Where it failed.
    package let step: StepName?
    /// Why it failed, in words; several addresses may fail for several reasons.
    package let cause: String?

    package init(address: String, outcome: Outcome, step: StepName? = nil, cause: String? = nil) {
        self.address = address
        self.outcome = outcome
        self.step = step
        self.cause = cause
    }
}

/// The whole story of a test or a delivery.
package struct Trace: Sendable, Equatable {
    package struct Step: Sendable, Equatable {
        package let name: StepName
        /// Nil for the steps before an address is known.
        package let address: String?
        package let status: StepStatus
        /// Since the start of the run.
        package let offsetMilliseconds: Int
        package let durationMilliseconds: Int
        package let facts: [Fact]
        package let lines: [Line]

        package init(
            name: StepName,
            address: String?,
            status: StepStatus,
            offsetMilliseconds: Int,
            durationMilliseconds: Int,
            facts: [Fact],
            lines: [Line]
        ) {
            self.name = name
            self.address = address
            self.status = status
            self.offsetMilliseconds = offsetMilliseconds
            self.durationMilliseconds = durationMilliseconds
            self.facts = facts
            self.lines = lines
        }
    }

    package let kind: TraceKind
    package let outcome: TraceOutcome
    package let startedAt: TraceTime
    package let durationMilliseconds: Int
    package let messageID: String?
    /// The relay's name for the accepted message.
    package let queueID: String?
    package let verdict: Verdict
    package let addresses: [AddressResult]
    package let steps: [Step]

    package init(
        kind: TraceKind,
        outcome: TraceOutcome,
        startedAt: TraceTime,
        durationMilliseconds: Int,
        messageID: String?,
        queueID: String?,
        verdict: Verdict,
        addresses: [AddressResult],
        steps: [Step]
    ) {
        self.kind = kind
        self.outcome = outcome
        self.startedAt = startedAt
        self.durationMilliseconds = durationMilliseconds
        self.messageID = messageID
        self.queueID = queueID
        self.verdict = verdict
        self.addresses = addresses
        self.steps = steps
    }

    /// The same without its steps.
    package var withoutSteps: Trace { with(steps: []) }

    /// The same with other steps.
    package func with(steps: [Step]) -> Trace {
        Trace(
            kind: kind,
            outcome: outcome,
            startedAt: startedAt,
            durationMilliseconds: durationMilliseconds,
            messageID: messageID,
            queueID: queueID,
            verdict: verdict,
            addresses: addresses,
            steps: steps
        )
    }

    /// Whether the server took the message; also true when the run failed because another
    /// address is bad.
    package var isMessageAccepted: Bool {
        steps.contains { [.accepted, .submit].contains($0.name) && $0.status == .ok }
    }
}

/// What a run tells while it goes on; the start and the end of a step have the same index.
package enum StepEvent: Sendable, Equatable {
    case started(index: Int, name: StepName, address: String?, offsetMilliseconds: Int)
    case finished(index: Int, step: Trace.Step)
}
