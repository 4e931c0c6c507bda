import EmailSettings
import Observability
import SMTP

extension EffectiveSettings {
    func with(password: String) throws -> EffectiveSettings {
        var form = draft.form
        form[.authentication] = Authentication.plain.rawValue
        form.set(.allowPlaintextAuthentication, true)
        var credentials = credentials
        credentials[.username] = Redacted(Array("ada".utf8))
        credentials[.password] = Redacted(Array(password.utf8))
        return try EffectiveSettings(
            form.parse(),
            credentials,
            certificates,
            profileID: profileID,
            usesPlatformRelay: usesPlatformRelay
        )
    }
}
