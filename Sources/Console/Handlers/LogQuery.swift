import Accounts
import EmailSettings
import HTTP
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
        (filter, errors) = TestFilter.reading { Self.names.contains($0) ? page.query($0) : "" }
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
}
