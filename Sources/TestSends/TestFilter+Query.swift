import Accounts
package import EmailSettings
import Postgres

extension TestFilter {
    /// Reads the filter that an address asks for; `value` gives the text of a name, empty for none.
    ///
    /// The errors say what no log can be filtered by; pages and API give the same.
    package static func reading(
        _ value: @escaping (String) -> String
    ) -> (filter: TestFilter, errors: [FieldError]) {
        var reading = FilterReading(value)
        var filter = TestFilter()
        filter.status = reading.choice("status", "states")
        filter.tenant = reading.read("tenant", "Choose one of the tenants.") { TenantSlug($0) }
        filter.recipient = reading.text("recipient")
        filter.person = reading.text("person")
        filter.code = reading.text("code")
        filter.profile = reading.text("profile")
        filter.from = reading.time("from")
        filter.until = reading.time("until")
        return (filter, reading.errors)
    }
}
