import Sockets

/// Collects the steps of a run and tells them as they happen.
package final class StepRecorder {
    package private(set) var steps: [Trace.Step] = []
    private let onStep: @Sendable (StepEvent) async throws -> Void
    private let start = Deadline.now
    private var open: Open?
    /// Once the message may have been accepted, the outcome counts more than a listener's
    /// trouble: nothing it throws ends the run any more.
    package var mustGoOn = false

    private struct Open {
        let name: StepName
        let address: String?
        let offset: Int
        var facts: [Fact] = []
        var lines: [Line] = []
    }

    package init(onStep: @escaping @Sendable (StepEvent) async throws -> Void) {
        self.onStep = onStep
    }

    /// Milliseconds since the start of the run.
    package var elapsed: Int { Int((Deadline.now.nanoseconds - start.nanoseconds) / 1_000_000) }

    package func begin(_ name: StepName, address: String?) async throws {
        let offset = elapsed
        open = Open(name: name, address: address, offset: offset)
        try await tell(
            .started(
                index: steps.count,
                name: name,
                address: address,
                offsetMilliseconds: offset
            )
        )
    }

    package func add(_ line: Line) {
        open?.lines.append(line)
    }

    package func add(_ facts: [Fact]) {
        open?.facts += facts
    }

    package func finish(_ status: StepStatus, _ facts: [Fact] = []) async throws {
        guard let open else { return }
        self.open = nil
        let step = Trace.Step(
            name: open.name,
            address: open.address,
            status: status,
            offsetMilliseconds: open.offset,
            durationMilliseconds: elapsed - open.offset,
            facts: open.facts + facts,
            lines: open.lines
        )
        steps.append(step)
        try await tell(.finished(index: steps.count - 1, step: step))
    }

    private func tell(_ event: StepEvent) async throws {
        do {
            try await onStep(event)
        } catch  where mustGoOn {
            // The listener learns the whole from the trace.
        }
    }
}
