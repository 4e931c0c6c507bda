import Accounts
import EmailSettings
import HTTP
import TestSends

/// The filter of a log as the address says it.
struct LogQuery<Filter: Sendable> {
    private let page: PageRequest
    private let names: [String]
    let cursor: TestCursor?
    let filter: Filter
    /// What the address says that no log can be filtered by.
    let errors: [FieldError]

    /// `names` are the filter's, in the order of the form.
    init(
        _ page: PageRequest,
        names: [String],
        reading: (@escaping (String) -> String) -> (filter: Filter, errors: [FieldError])
    ) {
        self.page = page
        self.names = names
        cursor = TestCursor(page.query("before"))
        (filter, errors) = reading { names.contains($0) ? page.query($0) : "" }
    }

    var status: Status { errors.isEmpty ? .ok : .unprocessableContent }

    var isFiltered: Bool { names.contains { !page.query($0).isEmpty } }

    /// What there is instead of rows.
    func emptyHint(_ noun: String, without: String) -> String {
        if !errors.isEmpty { return "Correct the filter, or clear it to see all." }
        return isFiltered ? "No \(noun) matches the filter. Clear it to see all." : without
    }

    /// A choice of any value or one of `values`.
    func choice(
        _ name: String,
        _ label: String,
        _ values: [(value: String, label: String)]
    ) -> ChoiceField {
        let chosen = page.query(name)
        return ChoiceField(
            name: name,
            label: label,
            hint: nil,
            error: errors.message(for: name),
            options: ([("", "Any")] + values).map {
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
        var items = names.compactMap { name -> String? in
            let value = page.query(name)
            return value.isEmpty ? nil : "\(name)=\(PercentCoding.encode(value))"
        }
        if let cursor { items.append("before=\(PercentCoding.encode(cursor))") }
        return items.isEmpty ? path : "\(path)?\(items.joined(separator: "&"))"
    }
}

extension LogQuery where Filter == TestFilter {
    init(_ page: PageRequest) {
        self.init(
            page,
            names: ["status", "tenant", "recipient", "person", "code", "from", "until"],
            reading: TestFilter.reading
        )
    }

    var statusField: ChoiceField {
        choice("status", "Status", TestStatus.allCases.map { ($0.rawValue, $0.title) })
    }

    func tenantField(among tenants: [Tenant]) -> ChoiceField {
        choice("tenant", "Tenant", tenants.map { ($0.slug.text, $0.name) })
    }
}
