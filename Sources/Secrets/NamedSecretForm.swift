package import Observability
import OAuth
import Postgres
package import SecretProviders
import SMTP

/// The form of a named secret as it was filled in.
package struct NamedSecretForm: Sendable {
    package var name = ""
    package var description = ""
    package var details: [NamedSecretDetail: String] = [:]
    /// Not those of a Microsoft application.
    package var hosts: [String] = []
    /// `2027-01-31`, or empty.
    package var expiresOn = ""
    /// Nil: the one that is there.
    package var value: Redacted<[UInt8]>?

    package static let hostLimit = 10
    /// In bytes.
    package static let valueLimit = 65_536
    static let nameLimit = 64
    static let descriptionLimit = 500
    static let detailLimit = 255

    package init() {}

    /// What is stored, to be changed.
    package init(_ stored: NamedSecret) {
        name = stored.name
        description = stored.description
        details = stored.details
        hosts = stored.kind.hasOwnHosts ? stored.hosts : []
        expiresOn = stored.expiresOn?.description ?? ""
    }

    /// Throws: `NamedSecretRefusal` with everything that is wrong.
    package func parse(
        _ kind: NamedSecretKind
    ) throws(NamedSecretRefusal) -> NamedSecretDraft {
        var problems: [NamedSecretProblem] = []
        let name = checkedName(&problems)
        let description = checkedDescription(&problems)
        var details: [NamedSecretDetail: String] = [:]
        for detail in kind.details { details[detail] = checked(detail, &problems) }
        let hosts = checkedHosts(kind, details, &problems)
        let day = checkedDay(kind, &problems)
        if let problem = value?.reveal({ kind.problem(of: $0) }) { problems.append(problem) }
        guard problems.isEmpty else { throw NamedSecretRefusal(problems) }
        return NamedSecretDraft(
            name: name,
            description: description,
            kind: kind,
            details: details,
            hosts: hosts,
            expiresOn: day,
            value: value
        )
    }

    private func checkedName(_ problems: inout [NamedSecretProblem]) -> String {
        let name = name.trimmed
        if name.isEmpty {
            problems.append(.init("name", "required", "Enter a name that people know it by."))
        } else if name.unicodeScalars.count > Self.nameLimit || name.hasControl {
            problems.append(
                .init(
                    "name",
                    "invalid",
                    "Enter a name of at most \(Self.nameLimit) characters, without control "
                        + "characters."
                )
            )
        }
        return name
    }

    private func checkedDescription(_ problems: inout [NamedSecretProblem]) -> String {
        let text = description.trimmed
        if text.unicodeScalars.count > Self.descriptionLimit || text.hasControl {
            problems.append(
                .init(
                    "description",
                    "invalid",
                    "Shorten it to \(Self.descriptionLimit) characters on one line."
                )
            )
        }
        return text
    }

    private func checked(
        _ detail: NamedSecretDetail,
        _ problems: inout [NamedSecretProblem]
    ) -> String {
        let text = (details[detail] ?? "").trimmed
        guard let value = detail.canonical(text) else {
            problems.append(
                .init(detail.rawValue, text.isEmpty ? "required" : "invalid", detail.advice)
            )
            return ""
        }
        return value
    }

    private func checkedHosts(
        _ kind: NamedSecretKind,
        _ details: [NamedSecretDetail: String],
        _ problems: inout [NamedSecretProblem]
    ) -> [String] {
        let typed = hosts.map(\.trimmed).filter { !$0.isEmpty }
        guard kind.hasOwnHosts else {
            let own = NationalCloud(rawValue: details[.cloud] ?? "").map { [$0.loginHost] } ?? []
            if !typed.isEmpty, typed != own {
                problems.append(
                    .init(
                        "hosts",
                        "notOfKind",
                        "Leave the servers out: it is sent to the sign-in server of its cloud."
                    )
                )
            }
            return own
        }
        var found: Set<String> = []
        for text in typed {
            guard let host = SecretHost.canonical(text) else {
                let shown = String(decoding: text.utf8.prefix(100), as: UTF8.self)
                problems.append(
                    .init(
                        "hosts",
                        "invalid",
                        "“\(shown)” is no host name or address. Enter names such as "
                            + "vault.example.com, without https:// and port."
                    )
                )
                return []
            }
            found.insert(host)
        }
        if !(1...Self.hostLimit).contains(found.count) {
            problems.append(
                .init(
                    "hosts",
                    found.isEmpty ? "required" : "tooMany",
                    found.isEmpty
                        ? "Enter the servers that it may be sent to."
                        : "Enter at most \(Self.hostLimit) servers."
                )
            )
        }
        return found.sorted()
    }

    private func checkedDay(
        _ kind: NamedSecretKind,
        _ problems: inout [NamedSecretProblem]
    ) -> Day? {
        let text = expiresOn.trimmed
        if text.isEmpty { return nil }
        guard kind.expires else {
            problems.append(
                .init("expiresOn", "notOfKind", "A \(kind.title.lowercased()) has no such date.")
            )
            return nil
        }
        guard let day = Day(text) else {
            problems.append(
                .init("expiresOn", "invalid", "Enter a date such as 2027-01-31, or nothing.")
            )
            return nil
        }
        return day
    }
}

/// A form of a named secret that holds together.
package struct NamedSecretDraft: Sendable {
    let name: String
    let description: String
    package let kind: NamedSecretKind
    let details: [NamedSecretDetail: String]
    /// Canonical and sorted.
    let hosts: [String]
    let expiresOn: Day?
    let value: Redacted<[UInt8]>?
}

extension NamedSecretKind {
    /// What is wrong with a value; nil when it can be one.
    fileprivate func problem(of value: [UInt8]) -> NamedSecretProblem? {
        let noun = valueLabel.lowercased()
        if value.isEmpty { return .init("value", "required", "Enter the \(noun).") }
        if value.count > NamedSecretForm.valueLimit {
            return .init("value", "tooLong", "Enter a \(noun) of at most 64 KiB.")
        }
        switch self {
        case .password, .apiCredentials:
            let hasControl = value.contains { $0 < 0x20 || $0 == 0x7F }
            guard hasControl || String(validating: value, as: UTF8.self) == nil else { return nil }
            return .init("value", "invalid", "Enter the \(noun) without control characters.")
        case .microsoftApplication, .clientSecret:
            // RFC 6749, appendix A.2; spaces at the ends come from copying.
            let isText = value.allSatisfy { (0x20...0x7E).contains($0) }
            guard !isText || value.first == 0x20 || value.last == 0x20 else { return nil }
            return .init(
                "value",
                "invalid",
                "Enter the \(noun) in ASCII characters, without spaces at its ends."
            )
        case .token:
            guard !value.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
            return .init(
                "value",
                "invalid",
                "Enter the \(noun) in ASCII characters, without spaces and line breaks."
            )
        }
    }
}

extension NamedSecretDetail {
    fileprivate var advice: String {
        switch self {
        case .cloud: "Choose the cloud that the application is registered in."
        case .tenantID:
            "Enter the Directory (tenant) ID, such as 72f988bf-86f1-41af-91ab-2d7cd011db47, or a "
                + "domain of the directory."
        case .clientID:
            "Enter the Application (client) ID, such as 11111111-2222-3333-4444-555555555555."
        case .username:
            "Enter the name it belongs to: at most \(NamedSecretForm.detailLimit) bytes, without "
                + "control characters."
        }
    }

    /// As it is stored and bound; nil when it cannot be one.
    fileprivate func canonical(_ text: String) -> String? {
        switch self {
        case .cloud:
            return NationalCloud(rawValue: text)?.rawValue
        case .tenantID:
            if let id = UUID(text) { return id.description }
            guard let host = Host(text), host.kind == .name,
                host.bare.utf8.contains(UInt8(ascii: "."))
            else { return nil }
            return SecretHost.canonical(text)
        case .clientID:
            return UUID(text)?.description
        case .username:
            let fits = (1...NamedSecretForm.detailLimit).contains(text.utf8.count)
            return fits && !text.hasControl ? text : nil
        }
    }
}

extension String {
    /// Without spaces, tabs and line ends at both ends.
    var trimmed: String {
        let isSpace = { (byte: UInt8) in byte == 0x20 || (0x09...0x0D).contains(byte) }
        let rest = utf8.drop(while: isSpace).reversed().drop(while: isSpace)
        return String(decoding: Array(rest.reversed()), as: UTF8.self)
    }

    var hasControl: Bool {
        unicodeScalars.contains { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) }
    }
}
