import EmailSettings
import Observability
import Postgres
import SMTP
import Secrets

/// The settings of a test as they were on the form, sealed until a worker runs it.
enum Snapshot {
    static func seal(
        _ settings: EffectiveSettings,
        of test: UUID,
        with key: TenantKey
    ) throws -> [UInt8] {
        let bytes = SettingsCodec.encode(settings)
        return try key.seal(Redacted(bytes), purpose: "snapshot", fields: [test.description])
    }

    /// Throws: `SecretsError`; `damaged` when the bytes are of another version.
    static func open(
        _ sealed: [UInt8],
        of test: UUID,
        with key: TenantKey
    ) throws -> EffectiveSettings {
        let bytes = try key.open(sealed, purpose: "snapshot", fields: [test.description])
        guard let settings = bytes.reveal({ SettingsCodec.decode($0) }) else {
            throw TestSendsError.damaged("snapshot")
        }
        return settings
    }
}

extension ConnectionSettings {
    /// Where it goes, in words for those who may know.
    var place: String { "\(host.text):\(port), \(tls.title)" }
}
