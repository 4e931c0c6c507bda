/// What becomes of a test whose worker is gone.
enum Rescue: Equatable {
    /// Nothing can have been accepted: another worker begins anew.
    case retry
    /// It was tried often enough.
    case giveUp
    /// The final dot may have been sent: never a second time by itself.
    case outcomeUnknown
    case cancel

    /// Workers that may begin one test.
    static let attemptLimit = 3

    static func decide(
        attempt: Int,
        finalDotMayBeSent: Bool,
        isCancelRequested: Bool
    ) -> Rescue {
        if finalDotMayBeSent { return .outcomeUnknown }
        if isCancelRequested { return .cancel }
        return attempt >= attemptLimit ? .giveUp : .retry
    }
}
