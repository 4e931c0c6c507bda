import Mail
import Observability
import Postgres
import SMTP

/// Settings as a row of length-prefixed fields: what is sealed in a snapshot, and what is
/// fingerprinted.
package enum SettingsCodec {
    private static let format = "sendproof settings 1"

    /// The bytes hold the credentials; seal them at once.
    package static func encode(_ settings: EffectiveSettings, withProfile: Bool) -> [UInt8] {
        let connection = settings.connection
        var writer = FieldWriter()
        writer.append(format)
        writer.append(withProfile ? settings.profileID?.description ?? "" : "")
        writer.append(withProfile ? settings.profileName : "")
        writer.append(settings.usesPlatformRelay ? "1" : "0")
        writer.append(settings.fromAddress.text)
        writer.append(settings.fromName?.text ?? "")
        writer.append(connection.host.text)
        writer.append(String(connection.port))
        writer.append(connection.tls.rawValue)
        writer.append(connection.verifyCertificate ? "1" : "0")
        writer.append(String(connection.timeoutSeconds))
        writer.append(connection.heloName?.text ?? "")
        writer.append(connection.authentication.rawValue)
        writer.append(connection.allowPlaintextAuthentication ? "1" : "0")
        writer.append(optional: connection.username)
        writer.append(optional: connection.password)
        return writer.bytes
    }

    /// Reads what `encode` wrote; nil when the bytes are something else.
    package static func decode(_ bytes: [UInt8]) -> EffectiveSettings? {
        var reader = FieldReader(bytes)
        guard reader.text() == format, let profile = reader.text(), let name = reader.text(),
            let usesRelay = reader.text(), let from = reader.text(),
            let fromName = reader.text(), var connection = connection(&reader),
            let username = reader.optional(), let password = reader.optional(),
            let fromAddress = try? Address(parsing: from)  // Nil is this function's answer.
        else { return nil }
        connection.username = username.value
        connection.password = password.value
        return EffectiveSettings(
            connection: connection,
            fromAddress: fromAddress,
            // A name that was accepted once; none at all is better than no test.
            fromName: fromName.isEmpty ? nil : try? DisplayName(parsing: fromName),
            profileID: UUID(profile),
            profileName: name,
            usesPlatformRelay: usesRelay == "1"
        )
    }

    private static func connection(_ reader: inout FieldReader) -> ConnectionSettings? {
        guard let host = reader.text().flatMap({ Host($0) }),
            let port = reader.text().flatMap({ UInt16($0) }),
            let tls = reader.text().flatMap({ TLSMode(rawValue: $0) }),
            let verify = reader.text(), let timeout = reader.text().flatMap({ Int($0) }),
            let helo = reader.text(),
            let authentication = reader.text().flatMap({ Authentication(rawValue: $0) }),
            let allowPlaintext = reader.text()
        else { return nil }
        var connection = ConnectionSettings(host: host, port: port)
        connection.tls = tls
        connection.verifyCertificate = verify == "1"
        connection.timeoutSeconds = timeout
        connection.heloName = HeloName(helo)
        connection.authentication = authentication
        connection.allowPlaintextAuthentication = allowPlaintext == "1"
        return connection
    }
}
