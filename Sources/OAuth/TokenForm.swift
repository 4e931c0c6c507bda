import Cryptography
import Observability
import Outbound

/// The request for a token, and how it looks to people: two properties, so that no secret stands
/// in a trace.
struct TokenForm: Sendable {
    /// How the client shows that it is the client (RFC 6749, section 2.3.1).
    enum Proof: Sendable {
        /// In the body, as Microsoft and Google document it.
        case post
        /// In the head, which every server must understand and some insist on.
        case basic
    }

    private struct Field {
        let name: String
        let value: Redacted<[UInt8]>
        let isSecret: Bool

        init(_ name: String, _ text: String) {
            self.name = name
            value = Redacted(Array(text.utf8))
            isSecret = false
        }

        init(_ name: String, secret: Redacted<[UInt8]>) {
            self.name = name
            value = secret
            isSecret = true
        }
    }

    private let endpoint: TokenEndpoint
    private let fields: [Field]
    private let proof: Proof

    init(_ endpoint: TokenEndpoint, _ grant: TokenGrant, _ proof: Proof) {
        var fields = [Field("grant_type", grant.name)]
        switch grant {
        case .clientCredentials: break
        case .refreshToken(let token): fields.append(Field("refresh_token", secret: token))
        case .authorizationCode(let code, let verifier, let redirectURL):
            fields += [
                Field("code", secret: code), Field("redirect_uri", redirectURL),
                Field("code_verifier", secret: verifier),
            ]
        }
        let usesBasic = proof == .basic && endpoint.clientSecret != nil
        if !usesBasic {
            fields.append(Field("client_id", endpoint.clientID))
            if let secret = endpoint.clientSecret {
                fields.append(Field("client_secret", secret: secret))
            }
        }
        if !endpoint.scope.isEmpty { fields.append(Field("scope", endpoint.scope)) }
        if !endpoint.audience.isEmpty { fields.append(Field("audience", endpoint.audience)) }
        self.endpoint = endpoint
        self.fields = fields
        self.proof = usesBasic ? .basic : .post
    }

    /// What goes over the wire.
    var request: HTTPSRequest {
        var body: [UInt8] = []
        for field in fields {
            if !body.isEmpty { body.append(UInt8(ascii: "&")) }
            body += field.name.utf8
            body.append(UInt8(ascii: "="))
            body += field.value.reveal(FormEncoding.encode)
        }
        var request = HTTPSRequest(
            .post,
            endpoint.url,
            headers: [
                HTTPSRequest.Header("Content-Type", "application/x-www-form-urlencoded"),
                HTTPSRequest.Header("Accept", "application/json"), authorization,
            ].compactMap { $0 },
            body: Redacted(body),
            proxy: endpoint.proxy
        )
        request.trustedCertificates = endpoint.trustedCertificates
        return request
    }

    private var authorization: HTTPSRequest.Header? {
        guard proof == .basic, let secret = endpoint.clientSecret else { return nil }
        let value = secret.reveal { secret in
            let pair =
                FormEncoding.encode(Array(endpoint.clientID.utf8)) + [0x3A]
                + FormEncoding.encode(secret)
            return Array("Basic ".utf8) + Base64.encodeBytes(pair)
        }
        return HTTPSRequest.Header("Authorization", Redacted(value))
    }

    /// The same for people.
    var transcript: [String] {
        var lines = ["POST \(endpoint.url.text)"]
        if proof == .basic { lines.append("Authorization: Basic \(ServerWords.mark)") }
        for field in fields {
            let value =
                field.isSecret
                ? ServerWords.mark : field.value.reveal { String(decoding: $0, as: UTF8.self) }
            lines.append("\(field.name)=\(value)")
        }
        return lines
    }
}
