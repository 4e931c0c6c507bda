import Postgres
package import SMTP

// JSON in code as it looks on the wire.
extension JSON: ExpressibleByStringLiteral {
    package init(stringLiteral text: String) { self = .string(text) }
}

extension JSON: ExpressibleByIntegerLiteral {
    package init(integerLiteral number: Int) { self = .number(number) }
}

extension JSON: ExpressibleByBooleanLiteral {
    package init(booleanLiteral flag: Bool) { self = .bool(flag) }
}

extension JSON: ExpressibleByNilLiteral {
    package init(nilLiteral: ()) { self = .null }
}

extension JSON: ExpressibleByArrayLiteral {
    package init(arrayLiteral elements: JSON...) { self = .array(elements) }
}

extension JSON: ExpressibleByDictionaryLiteral {
    /// The members in the order written; each name once.
    package init(dictionaryLiteral members: (String, JSON)...) {
        self = .object(members.map { JSON.Member($0.0, $0.1) })
    }
}

extension JSON {
    /// A point of time to the second, RFC 3339 in UTC.
    static func time(_ time: Timestamp) -> JSON {
        .string(TraceTime(unixMilliseconds: time.microseconds / 1000).text)
    }

    static func time(_ time: Timestamp?) -> JSON {
        time.map { .time($0) } ?? .null
    }

    static func optional(_ number: Int?) -> JSON {
        number.map(JSON.number) ?? .null
    }

    /// This object with the members of another after its own.
    func adding(_ other: JSON) -> JSON {
        .object((members ?? []) + (other.members ?? []))
    }
}
