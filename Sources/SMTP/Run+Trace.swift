import Sockets

extension Run {
    /// The story so far; `early` is what ended the run before the first address.
    func trace(after early: Failure?) -> Trace {
        let failure = decisive(early)
        let outcome = outcome(failure)
        return Trace(
            kind: order.submission == nil ? .connection : .send,
            outcome: outcome,
            startedAt: startedAt,
            durationMilliseconds: recorder.elapsed,
            messageID: order.submission?.messageID,
            queueID: attempts.lazy.compactMap(\.queueID).first,
            verdict: verdict(failure, outcome),
            addresses: addressResults,
            steps: recorder.steps
        )
    }

    private var isMessageAccepted: Bool {
        recorder.steps.contains { $0.name == .accepted && $0.status == .ok }
    }

    /// The failure that the verdict is about: the fate of the message before anything else.
    private func decisive(_ early: Failure?) -> Failure? {
        if let early { return early }
        let failures = attempts.compactMap(\.failure)
        if let unanswered = failures.first(where: \.isUnanswered) { return unanswered }
        if order.targets == .firstWorking, isMessageTried { return attempts.last?.failure }
        if let first = failures.first { return first }
        if order.targets == .every, let first = unresolved.first { return first }
        if attempts.count == destinations.count { return nil }
        if interruption.isInterrupted { return Failure(step: .connect, reason: .cancelled) }
        guard deadline.hasPassed else { return nil }
        return Failure(step: .connect, reason: .timedOut)
    }

    private func outcome(_ failure: Failure?) -> TraceOutcome {
        switch failure?.reason {
        case nil: .accepted
        case .unanswered: .outcomeUnknown
        // The cancellation came when the message was already accepted.
        case .cancelled: isMessageAccepted ? .accepted : .cancelled
        case .timedOut: .timedOut
        default: .failed
        }
    }

    private func verdict(_ failure: Failure?, _ outcome: TraceOutcome) -> Verdict {
        let attempt = attempts.first { $0.failure != nil && $0.failure == failure }
        let situation = situation(attempt)
        guard let failure, outcome != .accepted else { return Advice.success(situation) }
        let verdict = Advice.verdict(for: failure, in: situation)
        guard failure.step == .authenticate, settings.authentication.takesPassword,
            let notice = Notice.text(for: settings.host, at: startedAt)
        else { return verdict }
        return verdict.adding(notice)
    }

    /// With `isAlone` the other addresses are not spoken of.
    private func situation(_ attempt: Attempt?, isAlone: Bool = false) -> Situation {
        Situation(
            settings: settings,
            submission: order.submission,
            destination: attempt?.destination,
            heloName: attempt?.heloName,
            addressCount: isAlone ? 1 : destinations.count,
            failedAddresses: attempts.filter { $0.failure != nil }.map(\.destination.label),
            isMessageAccepted: !isAlone && isMessageAccepted,
            proxy: route.proxy
        )
    }

    /// Why one address failed, without a word about the others.
    private func cause(of failure: Failure, _ attempt: Attempt? = nil) -> String {
        Advice.verdict(for: failure, in: situation(attempt, isAlone: true)).cause
    }

    private var addressResults: [AddressResult] {
        let tried = destinations.map { destination in
            guard let attempt = attempts.first(where: { $0.destination == destination }) else {
                return AddressResult(address: destination.label, outcome: .skipped)
            }
            return AddressResult(
                address: destination.label,
                outcome: attempt.failure == nil ? .ok : .failed,
                step: attempt.failure?.step,
                cause: attempt.failure.map { cause(of: $0, attempt) }
            )
        }
        let nameless = unresolved.compactMap { failure -> AddressResult? in
            guard case .exchanger(let host, _) = failure.reason else { return nil }
            return AddressResult(
                address: host,
                outcome: .failed,
                step: .resolve,
                cause: cause(of: failure)
            )
        }
        return tried + nameless
    }
}

extension Failure {
    fileprivate var isUnanswered: Bool {
        if case .unanswered = reason { return true }
        return false
    }
}
