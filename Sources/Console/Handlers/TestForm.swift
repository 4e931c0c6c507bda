import EmailSettings
import Mail
import Postgres
import TestSends

extension Console {
    /// The recipient of a test.
    ///
    /// Throws: `FormRejection` for the field `recipient`.
    func parseRecipient(_ text: String) throws(FormRejection) -> Address {
        do { return try TestRecipient.parse(text) } catch { throw FormRejection([error]) }
    }

    /// How the settings with this fingerprint were proven, last.
    func proof(of fingerprint: [UInt8]?, _ standing: TestStanding) -> TestProof {
        var last = standing.recent.first
        if let fingerprint, last?.fingerprint != fingerprint, let same = standing.accepted {
            // A test of the form before it was saved as this profile.
            last = same
        }
        guard let last else {
            return TestProof(
                badge: StateBadge(tone: "neutral", label: "Not tested yet"),
                sentence: "Send a test email to prove these settings.",
                url: nil
            )
        }
        return TestProof(last, isSame: last.fingerprint == fingerprint, url: testURL(last))
    }
}

/// The two buttons that start a test.
enum TestButton {
    static let send = "testSend"
    static let connection = "testConnection"

    /// Whether the button sends an email.
    ///
    /// Throws: `PageError.unknownButton` for any other button.
    static func isSend(_ action: String) throws(PageError) -> Bool {
        switch action {
        case send: return true
        case connection: return false
        default: throw .unknownButton
        }
    }
}

extension StateBadge {
    /// How a profile of the list was proven.
    init(_ proof: ProfileProof?) {
        switch proof {
        case nil: self.init(tone: "neutral", label: "Not tested yet")
        case let proof? where proof.isSame: self.init(proof.status)
        case _?: self.init(tone: "warning", label: "Changed since the last test")
        }
    }
}

extension TestProof {
    init(_ run: TestSummary, isSame: Bool, url: String) {
        let when = ago(run.queuedAt, now: .now())
        guard isSame else {
            self.init(
                badge: StateBadge(tone: "warning", label: "Changed since the last test"),
                sentence: "The last test, \(when), used other values.",
                url: url
            )
            return
        }
        let badge = StateBadge(run.status)
        let sentence =
            switch run.status {
            case .accepted: "Tested OK \(when) with exactly these values."
            case .queued, .running: "A test with exactly these values is under way."
            default: "Tested \(when) with exactly these values: \(run.status.title.lowercased())."
            }
        self.init(badge: badge, sentence: sentence, url: url)
    }
}

extension StateBadge {
    init(_ status: TestStatus) {
        let tone =
            switch status {
            case .queued: "waiting"
            case .running: "running"
            case .accepted: "good"
            case .failed, .timedOut: "bad"
            case .outcomeUnknown: "unknown"
            case .cancelled: "neutral"
            }
        self.init(tone: tone, label: status.title)
    }
}
