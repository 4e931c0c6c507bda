package import EmailSettings
import Postgres
import TestSends

extension DeliveryFilter {
    /// The names that `reading` asks for.
    package static let names = ["status", "recipient", "subject", "event", "code", "from", "until"]

    /// Reads the filter that an address asks for; `value` gives the text of a name, empty for none.
    ///
    /// The errors say what no log can be filtered by; pages and API give the same.
    package static func reading(
        _ value: @escaping (String) -> String
    ) -> (filter: DeliveryFilter, errors: [FieldError]) {
        var reading = FilterReading(value)
        var filter = DeliveryFilter()
        filter.status = reading.choice("status", "states")
        filter.recipient = reading.text("recipient")
        filter.subject = reading.text("subject")
        filter.event = reading.text("event")
        filter.code = reading.text("code")
        filter.from = reading.time("from")
        filter.until = reading.time("until")
        return (filter, reading.errors)
    }
}
