import SMTP

/// The profile form as it was typed, so that it can be shown again.
package struct ProfileForm: Sendable, Equatable {
    /// Only what differs from a new profile.
    private var texts: [ProfileField: String] = [:]

    /// What a new profile has.
    package init() {}

    /// A flag is `on` or empty; of lists each line is one entry.
    package subscript(field: ProfileField) -> String {
        get { texts[field] ?? field.initial }
        set { texts[field] = newValue.utf8.elementsEqual(field.initial.utf8) ? nil : newValue }
    }

    package func flag(_ field: ProfileField) -> Bool { self[field] == ProfileField.on }

    package mutating func set(_ field: ProfileField, _ flag: Bool) {
        self[field] = flag ? ProfileField.on : ""
    }

    /// The form that was sent: a field that is missing is off or empty, a choice stays as it is.
    ///
    /// `\r\n`, which browsers send, is one line end.
    package mutating func fill(_ sent: (String) -> String?) {
        for field in ProfileField.allCases {
            let text = sent(field.rawValue)
            switch field.kind {
            case .choice: if let text, !text.isEmpty { self[field] = text }
            case .flag: self[field] = text == ProfileField.on ? ProfileField.on : ""
            case .text, .addresses, .headers, .certificates:
                self[field] = lines(text ?? "").joined(separator: "\n")
            case .number where field == .timeoutSeconds && (text ?? "").isEmpty:
                self[field] = field.initial
            default: self[field] = text ?? ""
            }
        }
    }

    /// All fields by name, as they are kept in a draft.
    package var fields: [String: String] {
        Dictionary(
            uniqueKeysWithValues: ProfileField.allCases.map { ($0.rawValue, self[$0]) }
        )
    }

    /// The port that goes with the chosen TLS mode.
    package var defaultPort: UInt16 { (TLSMode(rawValue: self[.tls]) ?? .startTLS).defaultPort }

    /// The port that goes with the chosen proxy.
    package var defaultFirewallPort: UInt16 { self[.firewallType] == "tunnel" ? 80 : 1080 }

    /// The form without the values that are not used, given the others.
    package var applied: ProfileForm {
        var form = self
        for field in ProfileField.allCases where !field.isUsed(in: self) {
            form[field] = field.initial
        }
        return form
    }

    /// Whether it names another Microsoft application than `saved`.
    package func choosesApplication(besides saved: ProfileForm?) -> Bool {
        let chosen = self[.applicationSecret]
        return !chosen.isEmpty && chosen != saved?[.applicationSecret]
    }

    /// The fields in which this form says something else.
    package func differences(from other: ProfileForm) -> [ProfileField] {
        ProfileField.allCases.filter { !self[$0].utf8.elementsEqual(other[$0].utf8) }
    }
}

/// The text's lines, whatever ends them, without one at the end.
func lines(_ text: String) -> [String] {
    var result: [String] = []
    var line: [UInt8] = []
    var isAfterReturn = false
    for byte in text.utf8 {
        switch byte {
        case 0x0D:
            result.append(String(decoding: line, as: UTF8.self))
            line = []
            isAfterReturn = true
        case 0x0A:
            if !isAfterReturn {
                result.append(String(decoding: line, as: UTF8.self))
                line = []
            }
            isAfterReturn = false
        default:
            line.append(byte)
            isAfterReturn = false
        }
    }
    result.append(String(decoding: line, as: UTF8.self))
    return result
}
