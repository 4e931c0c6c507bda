import EmailSettings
import Observability
import SMTP

/// Credentials that were fetched, or why they could not be, and what the step says of it.
struct FetchedCredentials: Sendable {
    /// With the credentials; nil when there is a verdict.
    var settings: EffectiveSettings?
    var values: [CredentialField: Redacted<[UInt8]>] = [:]
    /// Why there is none.
    var verdict: Verdict?
    /// Whether the same question may have another answer, because somebody else rotates it.
    var isFromProvider = false
    var facts: [Fact] = []
    var lines: [Line] = []

    /// Of a process that can fetch none.
    static let noSources = FetchedCredentials(verdict: .settingsUnreadable)

    func step(offsetMilliseconds: Int, durationMilliseconds: Int) -> Trace.Step {
        Trace.Step(
            name: .credentials,
            address: nil,
            status: verdict == nil ? .ok : .failed,
            offsetMilliseconds: offsetMilliseconds,
            durationMilliseconds: durationMilliseconds,
            facts: facts + (verdict.map { [Fact("error", $0.cause)] } ?? []),
            lines: lines
        )
    }

    /// Whether each value is the same as that of `other`.
    func hasValues(of other: FetchedCredentials) -> Bool {
        values.count == other.values.count
            && values.allSatisfy { field, value in
                other.values[field]?.reveal { theirs in value.reveal { $0 == theirs } } ?? false
            }
    }
}
