import Accounts
package import EmailSettings
import Postgres

extension TestFilter {
    /// Reads the filter that an address asks for; `value` gives the text of a name, empty for none.
    ///
    /// The errors say what no log can be filtered by; pages and API give the same.
    package static func reading(
        _ value: (String) -> String
    ) -> (filter: TestFilter, errors: [FieldError]) {
        var filter = TestFilter()
        var errors: [FieldError] = []
        func read<Value>(
            _ name: String,
            _ sentence: String,
            _ parse: (String) -> Value?
        ) -> Value? {
            let text = value(name)
            guard !text.isEmpty else { return nil }
            let parsed = parse(text)
            if parsed == nil { errors.append(FieldError(name, "filter", sentence)) }
            return parsed
        }
        func text(_ name: String) -> String? {
            let text = value(name)
            return text.isEmpty ? nil : text
        }
        let time = "Enter a date and a time, like 2026-11-21T10:00."
        filter.status = read("status", "Choose one of the states.", TestStatus.init(rawValue:))
        filter.tenant = read("tenant", "Choose one of the tenants.") { TenantSlug($0) }
        filter.recipient = text("recipient")
        filter.person = text("person")
        filter.code = text("code")
        filter.profile = text("profile")
        filter.from = read("from", time, Self.time)
        filter.until = read("until", time, Self.time)
        return (filter, errors)
    }

    /// `2026-11-21T10:00`, as a browser sends it, or with seconds; UTC.
    private static func time(_ text: String) -> Timestamp? {
        let parts = text.utf8.split { !(0x30...0x39).contains($0) }.compactMap {
            Int(String(decoding: Array($0), as: UTF8.self))
        }
        guard parts.count == 5 || parts.count == 6 else { return nil }
        return Timestamp(
            CivilTime(
                year: parts[0],
                month: parts[1],
                day: parts[2],
                hour: parts[3],
                minute: parts[4],
                second: parts.count == 6 ? parts[5] : 0
            )
        )
    }
}
