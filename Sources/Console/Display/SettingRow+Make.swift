import Mail
import EmailSettings
import Postgres
import SMTP
import Secrets

extension SettingRow {
    init(_ label: String, _ value: String?, note: String? = nil) {
        self.init(label: label, value: value.flatMap { $0.isEmpty ? nil : $0 }, note: note)
    }

    init(_ label: String, _ secret: StoredSecret?) {
        self.init(label: label, stored: secret.map(StoredCredential.init))
    }

    static func branding(_ branding: Branding) -> [SettingRow] {
        [
            SettingRow("From email address", branding.fromAddress.text),
            SettingRow("From email name", branding.fromName?.text),
        ]
    }

    static let noBranding = [
        SettingRow("From email address", nil), SettingRow("From email name", nil),
    ]

    /// The rows that say where mail goes and as whom.
    static func summary(_ profile: EmailProfile) -> [SettingRow] {
        [
            SettingRow("Server", profile.canSend ? profile.destination : nil),
            SettingRow("From", profile.fromAddress),
        ]
    }
}

extension SettingGroup {
    /// All settings of a profile, in the groups of the form; what is not used is left out.
    static func all(_ profile: EmailProfile, _ names: [String: String]) -> [SettingGroup] {
        ProfileTab.allCases.compactMap { tab in
            let rows = FieldPlaces.order.filter { $0.tab == tab }
                .compactMap { row($0, profile, names) }
            if !rows.isEmpty {
                return SettingGroup(id: tab.anchor, title: tab.title, rows: rows)
            }
            return nil
        }
    }

    private static func row(
        _ place: FieldPlaces.Place,
        _ profile: EmailProfile,
        _ names: [String: String]
    ) -> SettingRow? {
        switch place {
        case .credential(let field):
            guard field.isUsed(in: profile.form) else { return nil }
            return SettingRow(field.label, profile.credentials[field])
        case .field(let field):
            guard field.isUsed(in: profile.form) else { return nil }
            let isBasic = field.tab == .server || field.tab == .general || field.tab == .office
            let isSet = profile.form[field] != field.initial
            guard isSet || isBasic || field == .verifyCertificate else { return nil }
            if field == .name || field == .description { return nil }
            return SettingRow(
                field.label,
                profile.form.shown(field, names),
                note: note(field, profile)
            )
        }
    }

    private static func note(_ field: ProfileField, _ profile: EmailProfile) -> String? {
        switch field {
        case .host where !profile.canSend, .applicationSecret where !profile.canSend:
            "Email is disabled for this profile."
        case .verifyCertificate where !profile.form.flag(field):
            "Somebody on the way could pose as the server."
        case .heloName where profile.form[field].isEmpty: "Its own address."
        default: nil
        }
    }
}

extension StoredCredential {
    init(_ secret: StoredSecret) {
        self.init(
            from: secret.source?.text,
            at: DisplayTime(secret.setAt),
            by: secret.setBy
        )
    }
}
