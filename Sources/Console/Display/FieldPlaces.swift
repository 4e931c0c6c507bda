import EmailSettings

/// Where the fields of the profile form stand.
enum FieldPlaces {
    enum Place {
        case field(ProfileField)
        case credential(CredentialField)

        var name: String {
            switch self {
            case .field(let field): field.rawValue
            case .credential(let field): field.rawValue
            }
        }

        var label: String {
            switch self {
            case .field(let field): field.label
            case .credential(let field): field.label
            }
        }

        var tab: ProfileTab {
            switch self {
            case .field(let field): field.tab
            case .credential(let field): field.tab
            }
        }
    }

    /// Fields and credentials in the order of the form.
    static let order: [Place] = ProfileTab.allCases.flatMap { tab in
        tab.fields.flatMap { field -> [Place] in
            switch field {
            case .authentication:
                [.field(field), .credential(.username), .credential(.password)]
            case .tokenURL: [.credential(.clientSecret), .field(field)]
            case .hideBrowserResponse: [.credential(.refreshToken), .field(field)]
            case .firewallPort:
                [.field(field), .credential(.firewallUsername), .credential(.firewallPassword)]
            default: [.field(field)]
            }
        }
    }

    /// The same by tab.
    static let byTab = Dictionary(grouping: order, by: \.tab)

    private static let byName = Dictionary(uniqueKeysWithValues: order.map { ($0.name, $0) })

    /// The label of a field of the form; nil for one that is not on it.
    static func label(_ field: String) -> String? {
        field == "recipient" ? "Send the test to" : byName[field]?.label
    }

    /// The tab that an error's field stands on.
    static func tab(of field: String) -> ProfileTab? {
        let confirmed = field.utf8.count > 7 && field.hasSuffix("Confirm")
        return byName[confirmed ? String(field.dropLast(7)) : field]?.tab
    }
}
