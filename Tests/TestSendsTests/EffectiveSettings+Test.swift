import EmailSettings
import Observability
import SMTP

extension EffectiveSettings {
    func with(password: String) -> EffectiveSettings {
        var connection = connection
        connection.authentication = .plain
        connection.allowPlaintextAuthentication = true
        connection.username = Redacted(Array("ada".utf8))
        connection.password = Redacted(Array(password.utf8))
        return EffectiveSettings(
            connection: connection,
            fromAddress: fromAddress,
            fromName: fromName,
            profileID: profileID,
            profileName: profileName,
            usesPlatformRelay: usesPlatformRelay
        )
    }
}
