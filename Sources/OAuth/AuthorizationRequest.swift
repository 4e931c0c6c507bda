package import Cryptography
package import Observability
package import Outbound

/// The way through the browser: where the person signs in and agrees (RFC 6749, section 4.1.1,
/// with RFC 7636).
package struct AuthorizationRequest: Sendable {
    package let url: String
    /// Proves at the token endpoint that whoever brings the code is who asked for it.
    package let verifier: Redacted<[UInt8]>

    /// What some servers want besides, to give out a refresh token at all.
    private static let special: [String: [(String, String)]] = [
        "accounts.google.com": [("access_type", "offline"), ("prompt", "consent")]
    ]

    /// `state` comes back with the code; `redirectURL` is where it comes to.
    package init(
        at authorizationURL: HTTPSURL,
        clientID: String,
        scope: String,
        audience: String,
        redirectURL: String,
        state: String,
        random: RandomSource
    ) {
        let verifier = random.token(bytes: 32)
        var fields = [
            ("response_type", "code"), ("client_id", clientID), ("redirect_uri", redirectURL),
            ("state", state), ("code_challenge", Self.challenge(verifier)),
            ("code_challenge_method", "S256"),
        ]
        if !scope.isEmpty { fields.append(("scope", scope)) }
        if !audience.isEmpty { fields.append(("audience", audience)) }
        fields += Self.special[authorizationURL.host] ?? []
        // What the person wrote into the address stays; the protocol's own fields stand once.
        let base = authorizationURL.text
        let own = Set(fields.prefix(6).map(\.0))
        let written = Self.names(in: base)
        let query = fields.filter { own.contains($0.0) || !written.contains($0.0) }
            .map { "\($0.0)=\(FormEncoding.encode($0.1))" }.joined(separator: "&")
        let joint = !base.utf8.contains(0x3F) ? "?" : base.utf8.last == 0x3F ? "" : "&"
        url = base + joint + query
        self.verifier = Redacted(Array(verifier.utf8))
    }

    /// RFC 7636, section 4.2.
    static func challenge(_ verifier: String) -> String {
        Base64URL.encode(SHA256.hash(Array(verifier.utf8)))
    }

    private static func names(in url: String) -> Set<String> {
        let query = url.utf8.drop { $0 != 0x3F }.dropFirst()
        return Set(
            query.split(separator: 0x26).map { field in
                String(decoding: field.prefix { $0 != 0x3D }, as: UTF8.self)
            }
        )
    }
}
