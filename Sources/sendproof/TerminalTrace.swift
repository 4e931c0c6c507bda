import SMTP

/// A trace for people at a terminal.
enum TerminalTrace {
    static func text(_ trace: Trace) -> String {
        var lines: [String] = []
        for step in trace.steps {
            let place = step.address.map { " \($0)" } ?? ""
            lines.append(
                "\(mark(step.status)) \(step.name.rawValue)\(place)  \(step.durationMilliseconds) ms"
            )
            for line in step.lines {
                lines.append("      \(line.from == .relay ? "<" : ">") \(line.text)")
            }
        }
        lines.append("")
        lines.append("\(trace.outcome.rawValue): \(trace.verdict.cause)")
        if trace.outcome != .accepted { lines.append("What to change: \(trace.verdict.advice)") }
        lines.append("Code: \(trace.verdict.code.rawValue)")
        if let queueID = trace.queueID { lines.append("Queue ID: \(queueID)") }
        return lines.joined(separator: "\n")
    }

    private static func mark(_ status: StepStatus) -> String {
        switch status {
        case .ok: "[ ok ]"
        case .warning: "[warn]"
        case .failed: "[FAIL]"
        case .skipped: "[skip]"
        }
    }
}
