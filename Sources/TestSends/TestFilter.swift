package import Accounts
package import Postgres

/// What the log shows; every condition that is set must hold.
package struct TestFilter: Sendable {
    package var status: TestStatus?
    /// Of the support's log, which has the tests of every tenant.
    package var tenant: TenantSlug?
    /// Part of the recipient's address, in either case.
    package var recipient: String?
    /// Part of the name of the person who asked for the test, in either case.
    package var person: String?
    /// The beginning of the verdict's code: `smtp.authentication`.
    package var code: String?
    /// Part of the profile's name, in either case.
    package var profile: String?
    /// Tests asked for at this time or later.
    package var from: Timestamp?
    /// Tests asked for before this time.
    package var until: Timestamp?

    /// Several statuses, for the product's own questions.
    var statuses: [TestStatus]?

    package static let all = TestFilter()

    package init() {}

    /// The statuses wanted; nil for all.
    var wantedStatuses: [String]? {
        (statuses ?? status.map { [$0] })?.map(\.rawValue)
    }

    /// A text to be looked for; the database knows no NUL, which then finds nothing.
    package static func searchable(_ text: String?) -> String? {
        guard let text, text.utf8.contains(0) else { return text }
        return "\u{FFFD}"
    }
}
