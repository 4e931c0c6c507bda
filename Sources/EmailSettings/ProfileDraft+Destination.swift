import Cryptography
import Observability
import SMTP
import Secrets

extension ProfileDraft {
    /// Where this draft would send a credential, and with which others; `credentials` has the
    /// ones of the fields before it.
    func destination(
        of field: CredentialField,
        with credentials: ProfileCredentials
    ) -> Destination {
        switch field {
        case .username: Destination(["username"] + relay)
        case .password: Destination(["password"] + relay + [credentials.text(.username)])
        case .clientSecret:
            Destination(["clientSecret"] + tokenEndpoint)
        case .refreshToken: Destination(["refreshToken"] + tokenEndpoint)
        case .firewallUsername: Destination(["firewallUsername"] + proxy)
        case .firewallPassword:
            Destination(["firewallPassword"] + proxy + [credentials.text(.firewallUsername)])
        }
    }

    /// Whom the relay's credentials go to; what later versions added stands there only when it is
    /// used, so that what was sealed before still opens.
    private var relay: [String] {
        var fields = [
            server.host?.text.lowercased() ?? "", String(server.port), server.tls.rawValue,
            server.verifyCertificate ? "verify" : "trust", server.authentication.rawValue,
            server.allowPlaintextAuthentication ? "plaintext" : "encrypted",
        ]
        if server.resolveMX { fields.append("mx") }
        if let pin = server.pinnedKey { fields.append("pin=\(Hexadecimal.encode(pin))") }
        if let authority = server.trustedCA { fields.append("ca=\(authority.text)") }
        if firewall.kind != .none || firewall.autoDetect {
            fields.append("proxy=" + proxy.joined(separator: " "))
        }
        return fields
    }

    /// Whom the credentials of the OAuth2 tab go to; and the relay, which gets the access token
    /// that they are good for: it too would be harvested by a relay of somebody's own.
    private var tokenEndpoint: [String] { [oauth.tokenURL, oauth.clientID] + relay }

    private var proxy: [String] {
        [
            firewall.kind.rawValue, firewall.autoDetect ? "detect" : "fixed",
            firewall.host?.text.lowercased() ?? "",
            firewall.kind == .none ? "" : String(firewall.port),
        ]
    }

    /// The draft as the SMTP engine wants it, without what does not apply; nil without a host.
    func connection(
        _ credentials: ProfileCredentials,
        _ certificates: CertificateMaterials
    ) throws(FormRejection) -> ConnectionSettings? {
        guard let host else { return nil }
        var connection = ConnectionSettings(host: host, port: server.port)
        connection.resolveMX = server.resolveMX
        connection.addressFamily = server.addressFamily
        connection.proxy = firewall.proxy(credentials)
        connection.tls = server.tls
        connection.timeoutSeconds = server.timeoutSeconds
        connection.heloName = server.heloName
        if server.tls != .none {
            connection.verifyCertificate = server.verifyCertificate
            connection.pinnedKey = server.pinnedKey
            connection.clientCertificate = try certificates.clientCertificate()
            if server.verifyCertificate {
                connection.trustedCertificates = certificates.trusted
            }
        }
        connection.authentication = server.authentication
        if server.authentication != .none {
            connection.allowPlaintextAuthentication = server.allowPlaintextAuthentication
            connection.username = credentials[.username]
            connection.password = credentials[.password]
        }
        return connection
    }
}

extension ProfileCredentials {
    /// The text of a credential, empty when there is none; part of what seals another.
    fileprivate func text(_ field: CredentialField) -> String {
        self[field]?.reveal { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
