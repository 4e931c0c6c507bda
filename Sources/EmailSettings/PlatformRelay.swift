import Accounts
import Mail
import Observability
package import Postgres
package import SMTP
package import Secrets

/// The relay of the operators, which cloud tenants send through.
package struct PlatformRelay: Sendable {
    private let database: Database
    private let key: PlatformKey

    package init(database: Database, key: PlatformKey) {
        self.database = database
        self.key = key
    }

    /// Settings to send a branding's mail with.
    ///
    /// Throws: `PlatformRelayError.notConfigured`.
    package func settings(of branding: BrandingDraft) async throws -> EffectiveSettings {
        guard let stored = try await stored() else { throw PlatformRelayError.notConfigured }
        var form = ProfileForm()
        for field in ProfileField.allCases where Self.tabs.contains(field.tab) {
            form[field] = stored.form[field]
        }
        form[.name] = "From branding"
        form[.fromAddress] = branding.fromAddress.text
        form[.fromName] = branding.fromName?.text ?? ""
        let parts = try open(stored)
        return try EffectiveSettings(
            form.parse(),
            parts.credentials,
            parts.certificates,
            profileID: nil,
            usesPlatformRelay: true
        )
    }

    private func stored() async throws -> StoredRelay? {
        try await database.read(
            .platformOperator,
            Statement(
                "SELECT settings, username, password_sealed, sealed FROM platform_relay",
                [],
                StoredRelay.init(row:)
            )
        ).first
    }

    /// The connection of the relay, to be tried out.
    ///
    /// Throws: `PlatformRelayError.notConfigured`.
    package func connection() async throws -> ConnectionSettings {
        let nobody = try Address(parsing: "nobody@sendproof.invalid")
        return try await settings(of: BrandingDraft(fromAddress: nobody, fromName: nil)).connection
    }

    private static let settingsPurpose: StaticString = "platform relay settings"
    /// Of the former format.
    private static let passwordPurpose: StaticString = "platform relay"

    /// What of the relay's settings counts for the mail of tenants: the connection.
    private static let tabs: Set<ProfileTab> = [.server, .tls, .oauth, .firewall]

    private func open(_ stored: StoredRelay) throws -> SettingsParts {
        if let sealed = stored.sealed {
            let bytes = try key.open(
                sealed,
                purpose: Self.settingsPurpose,
                fields: [stored.form.stored]
            )
            guard let parts = bytes.reveal({ SettingsCodec.decodeParts($0) }) else {
                throw PlatformRelayError.notConfigured
            }
            return parts
        }
        var parts = SettingsParts(form: stored.form)
        if !stored.username.isEmpty {
            parts.credentials[.username] = Redacted(Array(stored.username.utf8))
        }
        if let password = stored.password {
            parts.credentials[.password] = try key.open(
                password,
                purpose: Self.passwordPurpose,
                fields: stored.formerDestination
            )
        }
        return parts
    }

    /// Sets the relay up anew; the operators' command line.
    ///
    /// The stored settings and what is sealed belong together: changed settings open nothing.
    package func configure(_ settings: EffectiveSettings) async throws {
        let stored = settings.draft.form.stored
        let sealed = try key.seal(
            Redacted(SettingsCodec.encode(settings)),
            purpose: Self.settingsPurpose,
            fields: [stored]
        )
        try await database.transaction(.platformOperator) { transaction in
            _ = try await transaction.execute(
                """
                INSERT INTO platform_relay (settings, sealed) VALUES ($1::jsonb, $2)
                ON CONFLICT (singleton) DO UPDATE SET settings = excluded.settings,
                    sealed = excluded.sealed, username = '', password_sealed = NULL,
                    updated_at = now()
                """,
                [stored, sealed]
            )
        }
    }
}

extension PlatformRelay {
    /// Whether what is sealed can be opened.
    ///
    /// Throws: `SecretsError` when it cannot.
    package func check() async throws {
        guard let stored = try await stored() else { return }
        _ = try stored.sealed.map {
            try key.open($0, purpose: Self.settingsPurpose, fields: [stored.form.stored])
        }
        _ = try stored.password.map {
            try key.open($0, purpose: Self.passwordPurpose, fields: stored.formerDestination)
        }
    }

    /// Seals the relay's secrets anew under the active master key; false when they are already.
    package func reseal() async throws -> Bool {
        try await database.transaction(.platformOperator) { transaction in
            let found = try await transaction.first(
                "SELECT settings, username, password_sealed, sealed FROM platform_relay FOR UPDATE",
                [],
                StoredRelay.init(row:)
            )
            guard let found else { return false }
            let sealed = try found.sealed.flatMap {
                try key.reseal($0, purpose: Self.settingsPurpose, fields: [found.form.stored])
            }
            let password = try found.password.flatMap {
                try key.reseal($0, purpose: Self.passwordPurpose, fields: found.formerDestination)
            }
            guard sealed != nil || password != nil else { return false }
            _ = try await transaction.execute(
                """
                UPDATE platform_relay SET sealed = coalesce($1::bytea, sealed),
                    password_sealed = coalesce($2::bytea, password_sealed)
                """,
                [sealed, password]
            )
            return true
        }
    }
}

private struct StoredRelay: Sendable {
    let form: ProfileForm
    let username: String
    let password: [UInt8]?
    let sealed: [UInt8]?

    init(row: Row) throws {
        form = try ProfileForm(stored: try row.value(0))
        username = try row.value(1)
        password = try row.value(2)
        sealed = try row.value(3)
    }

    /// Where a password of the former format may go.
    var formerDestination: [String] {
        [
            form[.host], form[.port], form[.tls],
            form.flag(.verifyCertificate) ? "verify" : "trust", form[.authentication], username,
        ]
    }
}
