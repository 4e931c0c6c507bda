package import Postgres
package import TestSends

/// A place in the log: everything after it is older.
package typealias DeliveryCursor = TestCursor

/// One page of the log, the newest message first.
package struct DeliveryPage: Sendable {
    package let deliveries: [Delivery]
    /// Where the next page begins; nil on the last.
    package let next: DeliveryCursor?

    /// Messages on one page.
    package static let size = 50

    /// Takes one message more than fits, to know whether there is another page.
    init(found: [Delivery]) {
        deliveries = Array(found.prefix(Self.size))
        next = found.count > Self.size ? deliveries.last?.cursor : nil
    }
}

/// What the log shows; every condition that is set must hold.
package struct DeliveryFilter: Sendable {
    package var status: DeliveryStatus?
    /// Part of a recipient's address, in either case.
    package var recipient: String?
    /// Part of the subject, in either case.
    package var subject: String?
    /// What the system calls the occasion; the whole of it.
    package var event: String?
    /// The beginning of the verdict's code: `smtp.authentication`.
    package var code: String?
    /// Messages handed over at this time or later.
    package var from: Timestamp?
    /// Messages handed over before this time.
    package var until: Timestamp?

    package static let all = DeliveryFilter()

    package init() {}
}

/// How a tenant's mail stands.
package struct DeliveryStanding: Sendable {
    /// Messages that wait or are being handed over; counted up to `most`.
    package let waiting: Int
    /// Of those, the ones that have been tried and wait for another attempt.
    package let delayed: Int
    /// When the first of the delayed ones is tried; nil when there is none.
    package let nextAttemptAt: Timestamp?
    /// Messages of the last 24 hours that somebody should look at; counted up to `most`.
    package let failed: Int

    /// What more than this many are counted as.
    package static let most = 10_000
}
