import EmailSettings
import OAuth
import Postgres
import SecretProviders
import Secrets
import Templates

extension NamedSecretKind {
    /// What it is for, in a sentence.
    var purpose: String {
        switch self {
        case .password: "A password that profiles sign in to a mail server or a proxy with."
        case .microsoftApplication:
            "An application of Microsoft Entra with its client secret: for sending through "
                + "Microsoft 365, and for Azure Key Vault."
        case .clientSecret: "The secret of an OAuth2 client, which its token URL asks for."
        case .token: "A token that a vault or another server knows this installation by."
        case .apiCredentials:
            "A user name, client ID, role ID or login, and its password or key: what a vault's API "
                + "asks for."
        }
    }
}

extension NamedSecretDetail {
    var label: String {
        switch self {
        case .cloud: "Cloud"
        case .tenantID: "Directory (tenant) ID"
        case .clientID: "Application (client) ID"
        case .username: "User name"
        }
    }

    var hint: String {
        switch self {
        case .cloud: ""
        case .tenantID: "On the application's Overview page in Entra; or a domain of the directory."
        case .clientID: "On the application's Overview page in Entra."
        case .username: "Also a client ID, role ID or login, as the provider calls it."
        }
    }

    /// The value as pages show it.
    func shown(_ value: String) -> String {
        self == .cloud ? NationalCloud(rawValue: value)?.title ?? value : value
    }
}

extension SecretListRow {
    init(_ stored: NamedSecret, slug: String) {
        self.init(
            url: PagePath.secret.url(slug, stored.id.description),
            name: stored.name,
            description: stored.description.isEmpty ? nil : stored.description,
            kind: stored.kind.title,
            state: StateBadge(stored),
            used: stored.lastUsedAt.map { DisplayTime($0) },
            uses: stored.uses.map { PageLink($0, slug: slug) }
        )
    }
}

extension SecretVersionRow {
    init(_ version: NamedSecretVersion) {
        self.init(
            number: String(version.number),
            at: DisplayTime(version.setAt),
            by: version.setBy
        )
    }
}

extension PageLink {
    init(_ use: NamedSecretUse, slug: String) {
        let id = use.ownerID.description
        let field = FieldPlaces.label(use.field)
        switch use.owner {
        case .profile:
            self.init(
                url: PagePath.profile.url(slug, id),
                label: "\(use.ownerName)\(field.map { ", \($0)" } ?? "")"
            )
        case .provider:
            self.init(
                url: PagePath.provider.url(slug, id),
                label: "\(use.ownerName), Signs in with"
            )
        }
    }
}

extension StateBadge {
    init(_ stored: NamedSecret) {
        guard let days = stored.daysLeft else {
            self.init(tone: "neutral", label: "No end known")
            return
        }
        if days < 0 {
            self.init(tone: "bad", label: "Expired")
        } else if days <= NamedSecret.warningDays {
            self.init(
                tone: "warning",
                label: days == 0 ? "Expires today" : "Expires in \(counted(Int64(days), "day"))"
            )
        } else {
            self.init(tone: "good", label: "Valid")
        }
    }
}

extension NoticeBanner {
    /// What the page of a secret warns of.
    static func warning(_ stored: NamedSecret) -> NoticeBanner? {
        let day = stored.expiresOn?.description ?? ""
        guard let days = stored.daysLeft else {
            guard stored.kind == .microsoftApplication else { return nil }
            return NoticeBanner(
                tone: "warning",
                text: "Nobody said when it expires, so nobody can be warned. Enter the date that "
                    + "Entra shows beside the secret, under Edit."
            )
        }
        if days < 0 {
            return NoticeBanner(
                tone: "bad",
                text: "It was good until \(day). Have a new one made and replace it."
            )
        }
        guard days <= NamedSecret.warningDays else { return nil }
        return NoticeBanner(
            tone: "warning",
            text: "It is good until \(day). Have a new one made and replace it before."
        )
    }
}

extension [SettingGroup] {
    /// All that may be known of a secret.
    static func secret(_ stored: NamedSecret) -> [SettingGroup] {
        var rows = [SettingRow("Kind", stored.kind.title)]
        if !stored.description.isEmpty {
            rows.append(SettingRow("Description", stored.description))
        }
        for detail in stored.kind.details {
            rows.append(SettingRow(detail.label, detail.shown(stored[detail])))
        }
        rows.append(
            SettingRow(
                "Servers",
                stored.hosts.joined(separator: ", "),
                note: "The value is sent to no other."
            )
        )
        if stored.kind.expires {
            rows.append(SettingRow("Expires on", stored.expiresOn?.description ?? "Not known"))
        }
        let keeping = [
            SettingRow(stored.kind.valueLabel, "Encrypted; nobody can read it back"),
            SettingRow("Last used", stored.lastUsedAt.map { DisplayTime($0).text } ?? "Never"),
            SettingRow("Added", "\(DisplayTime(stored.createdAt).text) by \(stored.createdBy)"),
            SettingRow("Changed", "\(DisplayTime(stored.updatedAt).text) by \(stored.updatedBy)"),
        ]
        return [
            SettingGroup(id: "details", title: "Details", rows: rows),
            SettingGroup(id: "keeping", title: "Keeping", rows: keeping),
        ]
    }
}

/// The commands of Exchange Online PowerShell that let an application send from some mailboxes only.
struct MailboxScope {
    private let cloud: NationalCloud
    /// Nil: not typed yet, or no ID; nothing else gets into a command.
    private let clientID: UUID?

    private let mailbox: String

    static let clientPlaceholder = "<Application (client) ID>"

    /// `mailbox` is an address that may be anything.
    init(_ details: [NamedSecretDetail: String], mailbox: String = "") {
        let isPlain = mailbox.utf8.allSatisfy { byte in
            (0x21...0x7E).contains(byte) && !"'\"`$".utf8.contains(byte)
        }
        self.mailbox =
            isPlain && !mailbox.isEmpty ? mailbox : "<From email address of the profile>"
        cloud = NationalCloud(rawValue: details[.cloud] ?? "") ?? .global
        clientID = UUID(details[.clientID] ?? "")
    }

    var commands: ScopeCommands {
        let environment =
            switch cloud {
            case .global: ""
            case .usGovernment: " -ExchangeEnvironmentName O365USGovGCCHigh"
            case .usGovernmentDoD: " -ExchangeEnvironmentName O365USGovDoD"
            case .china: " -ExchangeEnvironmentName O365China"
            }
        return ScopeCommands(
            connect: "Connect-ExchangeOnline\(environment)",
            clientID: clientID?.description ?? Self.clientPlaceholder,
            mailbox: mailbox
        )
    }
}
