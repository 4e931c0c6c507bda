import EmailSettings
import Postgres

extension NoticeBanner {
    /// How a profile's authorization fares, and what to do.
    init(_ state: AuthorizationState) {
        guard let failing = state.failing else {
            self.init(
                tone: state.succeededAt == nil ? "neutral" : "good",
                text: state.succeededAt.map {
                    "The OAuth authorization is good: it was renewed on \(DisplayTime($0).text), and "
                        + "is tried every day."
                } ?? "The OAuth authorization is tried in the background within minutes."
            )
            return
        }
        let since = DisplayTime(failing.since).text
        self.init(
            tone: failing.isTemporary ? "warning" : "bad",
            text: (failing.isTemporary
                ? "The OAuth authorization could not be renewed since \(since). "
                : "The OAuth authorization fails since \(since). ")
                + "\(failing.cause) \(failing.advice) (\(failing.code))"
        )
    }
}
