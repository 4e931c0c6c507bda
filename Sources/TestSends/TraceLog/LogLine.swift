import SMTP

/// One line of a log about a test.
struct LogLine: Sendable, Equatable {
    /// As syslog counts them.
    enum Severity: Int, Sendable { case failed = 3, warning = 4, information = 6 }

    let at: TraceTime
    let step: StepName?
    let severity: Severity
    /// `status=ok address=192.0.2.1 duration=3ms`; without control characters.
    let text: String

    init(at: TraceTime, _ step: StepName?, _ severity: Severity, _ words: [(String, String?)]) {
        self.at = at
        self.step = step
        self.severity = severity
        text = words.compactMap { name, value in
            value.map { "\(name)=\(Self.word($0))" }
        }.joined(separator: " ")
    }

    /// More of one value are cut, in bytes.
    static let longestValue = 4000

    /// A value in one word, or in quotes: nothing in it can end the line or begin another value.
    static func word(_ value: String) -> String {
        let isPlain =
            !value.isEmpty
            && value.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C }
        return isPlain && value.utf8.count <= longestValue ? value : "\"\(escaped(value))\""
    }

    /// Without quotes, backslashes, and characters that nobody sees.
    static func escaped(_ value: String) -> String {
        var text = String.UnicodeScalarView()
        var count = 0
        for scalar in value.unicodeScalars {
            count += UTF8.width(scalar)
            if count > longestValue {
                text.append(contentsOf: " [cut]".unicodeScalars)
                break
            }
            if scalar == "\"" || scalar == "\\" {
                text.append("\\")
                text.append(scalar)
            } else if isInvisible(scalar) {
                text.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".unicodeScalars)
            } else {
                text.append(scalar)
            }
        }
        return String(text)
    }

    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: true
        default: false
        }
    }
}
