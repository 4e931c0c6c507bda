import Cryptography
import OAuth
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
        case .password: Destination(["password"] + relay + [credentials.binding(of: .username)])
        case .clientSecret:
            Destination(["clientSecret"] + tokenEndpoint)
        case .refreshToken: Destination(["refreshToken"] + tokenEndpoint)
        case .firewallUsername: Destination(["firewallUsername"] + proxy)
        case .firewallPassword:
            Destination(["firewallPassword"] + proxy + [credentials.binding(of: .firewallUsername)])
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

    /// The draft as the engines want it, without what does not apply.
    ///
    /// Throws: `FormRejection` when email is disabled.
    func connection(
        _ credentials: ProfileCredentials,
        _ certificates: CertificateMaterials,
        _ application: MicrosoftApplication?
    ) throws(FormRejection) -> ConnectionSettings {
        switch method {
        case .smtp: try relay(credentials, certificates)
        case .office365: try graph(credentials, application)
        }
    }

    private func graph(
        _ credentials: ProfileCredentials,
        _ application: MicrosoftApplication?
    ) throws(FormRejection) -> ConnectionSettings {
        guard let application, let host = Host(application.cloud.graphHost) else {
            throw FormRejection([
                FieldError(
                    "applicationSecret",
                    "required",
                    "Choose the application secret; without one, email is disabled for this "
                        + "profile."
                )
            ])
        }
        var connection = ConnectionSettings(host: host, port: 443)
        connection.tls = .implicit
        connection.proxy = firewall.proxy(credentials)
        return connection
    }

    private func relay(
        _ credentials: ProfileCredentials,
        _ certificates: CertificateMaterials
    ) throws(FormRejection) -> ConnectionSettings {
        guard let host else {
            throw FormRejection([
                FieldError(
                    "host",
                    "required",
                    "Enter the host; without one, email is disabled for this profile."
                )
            ])
        }
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
