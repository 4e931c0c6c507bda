import Accounts
import EmailSettings
import HTTP
import Postgres
import TestSends

/// The filter of the log as the address says it.
struct LogQuery {
    private let page: PageRequest
    let cursor: TestCursor?
    let filter: TestFilter
    /// What the address says that no log can be filtered by.
    let errors: [FieldError]

    private static let names = [
        "status", "tenant", "recipient", "person", "code", "from", "until",
    ]

    init(_ page: PageRequest) {
        self.page = page
        cursor = TestCursor(page.query("before"))
        var filter = TestFilter.all
        var errors: [FieldError] = []
        func read<Value>(
            _ name: String,
            _ sentence: String,
            _ parse: (String) -> Value?
        ) -> Value? {
            guard let text = Self.text(page, name) else { return nil }
            let value = parse(text)
            if value == nil { errors.append(FieldError(name, "filter", sentence)) }
            return value
        }
        let time = "Enter a date and a time, like 2026-11-21T10:00."
        filter.status = read("status", "Choose one of the states.", TestStatus.init(rawValue:))
        filter.tenant = read("tenant", "Choose one of the tenants.") { TenantSlug($0) }
        filter.recipient = Self.text(page, "recipient")
        filter.person = Self.text(page, "person")
        filter.code = Self.text(page, "code")
        filter.from = read("from", time, Self.time)
        filter.until = read("until", time, Self.time)
        self.filter = filter
        self.errors = errors
    }

    var status: Status { errors.isEmpty ? .ok : .unprocessableContent }

    var isFiltered: Bool { Self.names.contains { !page.query($0).isEmpty } }

    var statusField: ChoiceField {
        let chosen = page.query("status")
        let states = TestStatus.allCases.map { ($0.rawValue, $0.title) }
        return ChoiceField(
            name: "status",
            label: "Status",
            hint: nil,
            error: errors.message(for: "status"),
            options: ([("", "Any")] + states).map {
                ChoiceOption(
                    value: $0.0,
                    label: $0.1,
                    explanation: nil,
                    chosen: $0.0 == chosen,
                    usualPort: nil
                )
            }
        )
    }

    func tenantField(among tenants: [Tenant]) -> ChoiceField {
        let chosen = page.query("tenant")
        let all = [("", "Any")] + tenants.map { ($0.slug.text, $0.name) }
        return ChoiceField(
            name: "tenant",
            label: "Tenant",
            hint: nil,
            error: errors.message(for: "tenant"),
            options: all.map {
                ChoiceOption(
                    value: $0.0,
                    label: $0.1,
                    explanation: nil,
                    chosen: $0.0 == chosen,
                    usualPort: nil
                )
            }
        )
    }

    func field(
        _ name: String,
        _ label: String,
        type: String = "text",
        hint: String? = nil
    ) -> TextField {
        .make(
            name,
            label,
            page.query(name),
            type: type,
            hint: hint,
            width: "full",
            errors: errors
        )
    }

    /// The same filter on another page of the log.
    func url(_ path: String, before cursor: String?) -> String {
        var items = Self.names.compactMap { name -> String? in
            let value = page.query(name)
            return value.isEmpty ? nil : "\(name)=\(PercentCoding.encode(value))"
        }
        if let cursor { items.append("before=\(PercentCoding.encode(cursor))") }
        return items.isEmpty ? path : "\(path)?\(items.joined(separator: "&"))"
    }

    private static func text(_ page: PageRequest, _ name: String) -> String? {
        let text = page.query(name)
        return text.isEmpty ? nil : text
    }

    /// `2026-11-21T10:00`, as a browser sends it; UTC.
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
