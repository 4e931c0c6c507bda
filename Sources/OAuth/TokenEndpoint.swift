import Cryptography
package import Observability
package import Outbound

/// Who gives out access tokens, and who asks for them (RFC 6749, section 3.2).
package struct TokenEndpoint: Sendable {
    package let url: HTTPSURL
    package let clientID: String
    /// Nil for a public client.
    package let clientSecret: Redacted<[UInt8]>?
    /// Separated by spaces; empty: what the server gives by default.
    package let scope: String
    /// For servers that give tokens for one of several resources; empty for none.
    package let audience: String
    package var proxy: Proxy?
    /// Certificates in PEM that are trusted besides the system's.
    package var trustedCertificates: [UInt8] = []

    package init(
        url: HTTPSURL,
        clientID: String,
        clientSecret: Redacted<[UInt8]>?,
        scope: String,
        audience: String
    ) {
        self.url = url
        self.clientID = clientID
        self.clientSecret = clientSecret
        self.scope = scope
        self.audience = audience
    }
}

/// What an access token is asked for with.
package enum TokenGrant: Sendable {
    /// RFC 6749, section 4.4.
    case clientCredentials
    /// Section 6.
    case refreshToken(Redacted<[UInt8]>)
    /// Section 4.1.3, with the verifier of RFC 7636 and the address that the code was sent to.
    case authorizationCode(
        Redacted<[UInt8]>,
        verifier: Redacted<[UInt8]>,
        redirectURL: String
    )

    /// As the protocol and traces name it.
    package var name: String {
        switch self {
        case .clientCredentials: "client_credentials"
        case .refreshToken: "refresh_token"
        case .authorizationCode: "authorization_code"
        }
    }

    /// What nobody may see of it.
    var secrets: [Redacted<[UInt8]>] {
        switch self {
        case .clientCredentials: []
        case .refreshToken(let token): [token]
        case .authorizationCode(let code, let verifier, _): [code, verifier]
        }
    }
}

extension TokenEndpoint {
    /// What decides about the token that `grant` gives, as a digest that shows none of it.
    package func fingerprint(_ grant: TokenGrant) -> [UInt8] {
        let texts = [url.text, clientID, scope, audience, grant.name].map { Array($0.utf8) }
        let secrets = [clientSecret ?? Redacted([])] + grant.secrets
        return SHA256.hash(Self.row(texts + secrets.map { $0.reveal { $0 } }))
    }

    /// The same for a refresh token, whatever else is asked for with it.
    package func identity(of refreshToken: Redacted<[UInt8]>) -> [UInt8] {
        let texts = [url.text, clientID].map { Array($0.utf8) }
        return SHA256.hash(Self.row(texts + [refreshToken.reveal { $0 }]))
    }

    /// One after another, each with its length before it.
    private static func row(_ fields: [[UInt8]]) -> [UInt8] {
        fields.reduce(into: []) { $0 += String($1.count).utf8 + [0x3A] + $1 }
    }
}
