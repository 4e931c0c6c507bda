package import Accounts
package import Postgres
package import SMTP

/// A test that has ended, as it goes into a log: its trace has the secrets blacked out.
package struct TraceRecord: Sendable {
    package let tenant: TenantSlug
    package let profile: String
    package let test: UUID
    package let trace: Trace

    package init(tenant: TenantSlug, profile: String, test: UUID, trace: Trace) {
        self.tenant = tenant
        self.profile = profile
        self.test = test
        self.trace = trace
    }

    /// More lines of one test are left out: a relay may say much.
    static let mostLines = 2000

    /// The beginning, each step with what was said, and the end.
    var lines: [LogLine] {
        let begin = LogLine(
            at: trace.startedAt,
            nil,
            .information,
            [("begin", trace.kind.rawValue), ("messageID", trace.messageID)]
        )
        let middle = trace.steps.flatMap(lines)
        let left = middle.count - Self.mostLines
        let cut = left > 0 ? [LogLine(at: end, nil, .warning, [("leftOut", String(left))])] : []
        return [begin] + middle.prefix(Self.mostLines) + cut + [ending]
    }

    private var end: TraceTime { time(trace.durationMilliseconds) }

    private var ending: LogLine {
        let verdict = trace.verdict
        return LogLine(
            at: end,
            verdict.step,
            trace.outcome == .accepted ? .information : .failed,
            [
                ("end", trace.outcome.rawValue), ("code", verdict.code.rawValue),
                ("queueID", trace.queueID), ("duration", "\(trace.durationMilliseconds)ms"),
                ("cause", verdict.cause),
            ]
        )
    }

    private func lines(of step: Trace.Step) -> [LogLine] {
        let at = time(step.offsetMilliseconds + step.durationMilliseconds)
        let head = LogLine(
            at: at,
            step.name,
            step.status.severity,
            [
                ("step", step.name.rawValue), ("status", step.status.rawValue),
                ("address", step.address), ("duration", "\(step.durationMilliseconds)ms"),
            ]
        )
        return [head]
            + step.lines.map { line in
                LogLine(
                    at: at,
                    step.name,
                    .information,
                    [
                        ("step", step.name.rawValue), ("from", line.from.rawValue),
                        ("said", line.text),
                    ]
                )
            }
    }

    private func time(_ offset: Int) -> TraceTime {
        TraceTime(unixMilliseconds: trace.startedAt.unixMilliseconds + Int64(offset))
    }

    /// The lines as they go into a file.
    var bytes: [UInt8] {
        lines.flatMap { line in Array("\(line.at.logText) \(head) \(line.text)\n".utf8) }
    }

    /// Whose test it is, at the start of each line.
    var head: String { "tenant=\(tenant) profile=\(LogLine.word(profile)) test=\(test)" }
}

extension TraceTime {
    /// `2026-11-21T10:00:00.123Z`.
    var logText: String {
        let rest = unixMilliseconds % 1000
        let milliseconds = String(1000 + (rest < 0 ? rest + 1000 : rest)).dropFirst()
        return text.dropLast() + ".\(milliseconds)Z"
    }

    /// Reads the time at the start of a line; nil for anything else.
    init?(startOfLine bytes: some Sequence<UInt8>) {
        self.init(text: String(decoding: Array(bytes.prefix(19)), as: UTF8.self) + "Z")
    }
}

extension StepStatus {
    fileprivate var severity: LogLine.Severity {
        switch self {
        case .failed: .failed
        case .warning: .warning
        case .ok, .skipped: .information
        }
    }
}
