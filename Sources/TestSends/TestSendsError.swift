import Observability

/// Why a test cannot be had.
package enum TestSendsError: ExplainedError, Equatable {
    /// As many tests as the limit wait or run.
    case tooManyUnfinished(limit: Int)
    case tooManyThisHour(limit: Int, retryAfter: Duration)
    /// A test send needs somebody who gets it.
    case recipientRequired
    /// A cloud tenant's mail goes through the platform's relay and nowhere else.
    case ownConnectionForbidden
    case notFound
    /// What the database keeps of a test cannot be read.
    case damaged(String)

    package var code: String {
        switch self {
        case .tooManyUnfinished: "tests.tooManyUnfinished"
        case .tooManyThisHour: "tests.tooManyThisHour"
        case .recipientRequired: "tests.recipientRequired"
        case .ownConnectionForbidden: "tests.ownConnectionForbidden"
        case .notFound: "tests.notFound"
        case .damaged: "tests.damaged"
        }
    }

    package var userText: String {
        switch self {
        case .tooManyUnfinished(let limit):
            "\(Self.tests(limit)) of yours still waiting or running, which is the most at a time. "
                + "Try again when one of them has ended, or cancel one."
        case .tooManyThisHour(let limit, _):
            "\(Self.tests(limit)) begun within the last hour, which is the most. "
                + "Try again in \(retryWords)."
        case .recipientRequired: "Enter the address that the test email goes to."
        case .ownConnectionForbidden:
            "Your mail goes through the platform's relay; other servers cannot be tested."
        case .notFound: "There is no such test. Tests are deleted after a few days."
        case .damaged: "The record of this test cannot be read."
        }
    }

    package var operatorText: String {
        switch self {
        case .damaged(let what): "the stored test cannot be read: \(what)"
        default: code
        }
    }

    /// When the same may work, in seconds from now; nil when waiting does not help.
    package var retryAfterSeconds: Int? {
        switch self {
        case .tooManyUnfinished: 10
        case .tooManyThisHour(_, let delay): max(1, Int(delay.components.seconds) + 1)
        default: nil
        }
    }

    private var retryWords: String {
        let seconds = retryAfterSeconds ?? 0
        if seconds <= 90 { return seconds == 1 ? "1 second" : "\(seconds) seconds" }
        return "\((seconds + 59) / 60) minutes"
    }

    private static func tests(_ count: Int) -> String {
        count == 1 ? "1 test is" : "\(count) tests are"
    }
}
