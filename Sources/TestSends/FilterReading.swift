package import EmailSettings
package import Postgres

/// Reads the filter of a log from an address, and gathers what is wrong with all of it.
package struct FilterReading {
    package private(set) var errors: [FieldError] = []
    private let value: (String) -> String

    /// `value` gives the text of a name, empty for none.
    package init(_ value: @escaping (String) -> String) {
        self.value = value
    }

    /// Nil for an empty text.
    package func text(_ name: String) -> String? {
        let text = value(name)
        return text.isEmpty ? nil : text
    }

    /// One of the values of `Choice`; `noun` is the word for them.
    package mutating func choice<Choice: RawRepresentable>(
        _ name: String,
        _ noun: String
    ) -> Choice? where Choice.RawValue == String {
        read(name, "Choose one of the \(noun).", Choice.init(rawValue:))
    }

    /// `2026-11-21T10:00`, as a browser sends it, or with seconds; UTC.
    package mutating func time(_ name: String) -> Timestamp? {
        read(name, "Enter a date and a time, like 2026-11-21T10:00.", Self.time)
    }

    mutating func read<Value>(
        _ name: String,
        _ sentence: String,
        _ parse: (String) -> Value?
    ) -> Value? {
        guard let text = text(name) else { return nil }
        let parsed = parse(text)
        if parsed == nil { errors.append(FieldError(name, "filter", sentence)) }
        return parsed
    }

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
