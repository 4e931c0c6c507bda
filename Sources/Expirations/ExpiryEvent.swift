package import Postgres
import SMTP

/// One warning, as programs get it.
package struct ExpiryEvent: Sendable {
    /// The same however often it is sent.
    package let id: UUID
    package let tenant: String
    package let expiration: Expiration
    package let now: Timestamp

    /// The event as JSON in UTF-8.
    var body: [UInt8] {
        Self.object(
            "expiry.warning",
            tenant: tenant,
            kind: expiration.kind.rawValue,
            name: expiration.name,
            endsOn: expiration.endsOn,
            days: expiration.days(at: now),
            level: expiration.level(at: now).rawValue,
            usedBy: expiration.uses.map(\.text),
            id: id
        )
    }

    /// An event of the same form about nothing, to try a receiver with.
    static func test(_ id: UUID, tenant: String, now: Timestamp) -> [UInt8] {
        let end = now + .seconds(30 * 86_400)
        return object(
            "expiry.test",
            tenant: tenant,
            kind: Expiration.Kind.certificate.rawValue,
            name: "Example of a certificate",
            endsOn: end.date,
            days: 30,
            level: ExpiryLevel.days30.rawValue,
            usedBy: ["Example of a profile, Client certificate"],
            id: id
        )
    }

    private static func object(
        _ event: String,
        tenant: String,
        kind: String,
        name: String,
        endsOn: String?,
        days: Int?,
        level: String,
        usedBy: [String],
        id: UUID
    ) -> [UInt8] {
        JSON.object([
            .init("event", .string(event)), .init("tenant", .string(tenant)),
            .init("kind", .string(kind)), .init("name", .string(name)),
            .init("endsOn", .optional(endsOn)), .init("days", days.map(JSON.number) ?? .null),
            .init("level", .string(level)), .init("usedBy", .array(usedBy.map(JSON.string))),
            .init("id", .string(id.description)),
        ]).bytes
    }
}
