package import SMTP

/// How far a test is, and how it ended, in one word for pages, filter and JSON.
package enum TestStatus: String, CaseIterable, Sendable {
    case queued, running
    case accepted, failed, outcomeUnknown, timedOut, cancelled

    package init(_ outcome: TraceOutcome) {
        switch outcome {
        case .accepted: self = .accepted
        case .failed: self = .failed
        case .outcomeUnknown: self = .outcomeUnknown
        case .timedOut: self = .timedOut
        case .cancelled: self = .cancelled
        }
    }

    package var isFinished: Bool {
        switch self {
        case .queued, .running: false
        case .accepted, .failed, .outcomeUnknown, .timedOut, .cancelled: true
        }
    }

    /// The words of the product; exact, so never "delivered".
    package var title: String {
        switch self {
        case .queued: "Waiting"
        case .running: "Running"
        case .accepted: "Accepted by server"
        case .failed: "Failed"
        case .outcomeUnknown: "Outcome unknown"
        case .timedOut: "Timed out"
        case .cancelled: "Cancelled"
        }
    }

    /// The ends that somebody should look at.
    static let failures: [TestStatus] = [.failed, .outcomeUnknown, .timedOut]
}
