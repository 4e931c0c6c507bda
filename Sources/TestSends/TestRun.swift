package import Accounts
package import Postgres
package import SMTP

/// The tenant of a test, as the log names it.
package struct TestTenant: Sendable, Equatable {
    package let id: UUID
    package let slug: TenantSlug
    package let name: String
}

/// A test without its steps, as far as the reader may see it.
package struct TestRun: Sendable {
    package let id: UUID
    package let tenant: TestTenant
    package let kind: TestKind
    package let status: TestStatus
    /// The profile tested; nil for branding, and for a profile that was not saved.
    package let profileID: UUID?
    package let profileName: String
    /// The person's name.
    package let requestedBy: String
    package let recipient: String?
    /// Where it goes: `mail.example.com:587, STARTTLS, required`, or `the platform's relay`.
    package let destination: String
    /// Tells whether it was run with exactly the values that are saved now.
    package let fingerprint: [UInt8]
    /// Stable over attempts: what to look for in the relay's log.
    package let messageID: String?
    /// The relay's name for the accepted message.
    package let queueID: String?
    package let verdictCode: String?
    package let queuedAt: Timestamp
    package let startedAt: Timestamp?
    package let finishedAt: Timestamp?
    package let durationMilliseconds: Int?
    /// Workers that began it; more than one after a worker died.
    package let attempts: Int
    package let isCancelRequested: Bool
    /// The reader is a tenant of the platform's relay, which is hidden in all of this.
    package let hidesRelay: Bool
    /// Commands that show the same from a shell; empty until it has ended, and for a hidden relay.
    package let reproduction: [String]
    /// The finished trace without its steps; nil until the test has ended.
    let result: Trace?

    /// The end in plain words; nil until the test has ended.
    package var verdict: Verdict? { result?.verdict }

    /// How each address of the host fared; empty until the test has ended.
    package var addresses: [AddressResult] { result?.addresses ?? [] }
}
