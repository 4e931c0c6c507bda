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
            SettingRow("Server", profile.host.map { "\($0.text):\(profile.port)" }),
            SettingRow("Encryption", profile.tls.title),
            SettingRow("From", profile.fromAddress?.text),
        ]
    }
}

extension SettingGroup {
    /// All settings of a profile, in the groups of the form.
    static func all(_ profile: EmailProfile) -> [SettingGroup] {
        [general(profile), server(profile), authentication(profile)]
    }

    private static func general(_ profile: EmailProfile) -> SettingGroup {
        SettingGroup(
            id: "general",
            title: "General",
            rows: [
                SettingRow("From email address", profile.fromAddress?.text),
                SettingRow("From email name", profile.fromName?.text),
            ]
        )
    }

    private static func server(_ profile: EmailProfile) -> SettingGroup {
        SettingGroup(
            id: "server",
            title: "Outgoing server",
            rows: [
                SettingRow(
                    "Host",
                    profile.host?.text,
                    note: profile.host == nil ? "Email is disabled for this profile." : nil
                ),
                SettingRow("Port", String(profile.port)),
                SettingRow("Encryption", profile.tls.title),
                SettingRow(
                    "Verify the server's certificate",
                    profile.verifyCertificate ? "On" : "Off",
                    note: profile.verifyCertificate
                        ? nil : "Somebody on the way could pose as the server."
                ),
                SettingRow("Timeout", "\(profile.timeoutSeconds) seconds for each address"),
                SettingRow("EHLO name", profile.heloName?.text ?? "Its own address"),
            ]
        )
    }

    private static func authentication(_ profile: EmailProfile) -> SettingGroup {
        SettingGroup(
            id: "authentication",
            title: "Authentication",
            rows: [
                SettingRow("Authentication method", profile.authentication.title),
                SettingRow("Username", profile.username),
                SettingRow("Password", profile.password),
                SettingRow(
                    "Password over an unencrypted connection",
                    profile.allowPlaintextAuthentication ? "Allowed" : "Never"
                ),
            ]
        )
    }
}

extension StoredCredential {
    init(_ secret: StoredSecret) {
        self.init(at: DisplayTime(secret.setAt), by: secret.setBy)
    }
}

extension Authentication {
    /// The mechanism in the words of the page.
    var title: String {
        switch self {
        case .none: "None (no sign-in)"
        case .automatic: "Automatic (the best the server offers)"
        case .login: "Username and password (LOGIN)"
        case .plain: "PLAIN"
        }
    }
}
