import Observability
import SMTP
import Secrets

extension ProfileDraft {
    /// Where this draft would send a username.
    var usernameDestination: Destination {
        Destination([
            "username", host?.text.lowercased() ?? "", String(port), tls.rawValue,
            verifyCertificate ? "verify" : "trust", authentication.rawValue,
            allowPlaintextAuthentication ? "plaintext" : "encrypted",
        ])
    }

    /// Where this draft would send a password, and with which username.
    func passwordDestination(username: Redacted<[UInt8]>?) -> Destination {
        let name = username?.reveal { String(decoding: $0, as: UTF8.self) } ?? ""
        return Destination(["password"] + usernameDestination.fields.dropFirst() + [name])
    }

    /// The draft as the SMTP engine wants it; nil without a host.
    func connection(
        username: Redacted<[UInt8]>?,
        password: Redacted<[UInt8]>?
    ) -> ConnectionSettings? {
        guard let host else { return nil }
        var connection = ConnectionSettings(host: host, port: port)
        connection.tls = tls
        connection.verifyCertificate = verifyCertificate
        connection.timeoutSeconds = timeoutSeconds
        connection.heloName = heloName
        connection.authentication = authentication
        connection.allowPlaintextAuthentication = allowPlaintextAuthentication
        connection.username = authentication == .none ? nil : username
        connection.password = authentication == .none ? nil : password
        return connection
    }
}
