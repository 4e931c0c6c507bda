import EmailSettings
import Notifications
import Postgres
import Testing

@Suite struct DeliveryFilterTests {
    private func reading(_ values: [String: String]) -> (DeliveryFilter, [String]) {
        let (filter, errors) = DeliveryFilter.reading { values[$0] ?? "" }
        return (filter, errors.map { "\($0.field) \($0.code)" })
    }

    @Test func `everything that a log can be filtered by is read`() throws {
        let (filter, errors) = reading([
            "status": "acceptedInPart", "recipient": "ada@", "subject": "Backup",
            "event": "backup", "code": "smtp", "from": "2026-11-21T10:00",
            "until": "2026-11-22T10:00:30",
        ])
        #expect(errors.isEmpty)
        #expect(filter.status == .acceptedInPart)
        #expect(filter.recipient == "ada@")
        #expect(filter.subject == "Backup")
        #expect(filter.event == "backup")
        #expect(filter.code == "smtp")
        let from = try #require(filter.from)
        #expect(from.civil.hour == 10)
        #expect(filter.until.map { $0 - from } == .seconds(86_430))
    }

    @Test func `an empty address filters nothing`() {
        let (filter, errors) = reading([:])
        #expect(errors.isEmpty)
        #expect(filter.status == nil && filter.recipient == nil && filter.subject == nil)
        #expect(filter.event == nil && filter.code == nil)
        #expect(filter.from == nil && filter.until == nil)
    }

    @Test func `all that no log can be filtered by is said at once`() {
        let (_, errors) = reading([
            "status": "green", "from": "yesterday", "until": "2026-13-01T10:00",
        ])
        #expect(errors == ["status filter", "from filter", "until filter"])
    }
}
