import Cryptography
package import Observability
package import SMTP

/// What an access token says of itself, for the diagnosis; nothing is verified, and the token
/// itself is never shown (RFC 9068 for the claims).
package struct TokenLens: Sendable {
    /// `audience`, `roles`, `scopes`, `tenant`, `application` and `expires`, as far as they are
    /// there.
    package let facts: [Fact]

    /// A token that is no JWT keeps what it says to itself.
    package init(_ token: Redacted<[UInt8]>) {
        guard let claims = token.reveal(Self.claims) else {
            facts = [Fact("tokenKind", "opaque")]
            return
        }
        func value(_ names: String...) -> JSON? {
            names.lazy.compactMap { claims[$0].flatMap(Self.shown) }.first
        }
        let expires = claims["exp"]?.number.flatMap { seconds -> JSON? in
            guard (0...253_402_300_799).contains(seconds) else { return nil }
            return .string(TraceTime(unixMilliseconds: Int64(seconds) * 1000).text)
        }
        let found: [(String, JSON?)] = [
            ("tokenAudience", value("aud")), ("tokenRoles", value("roles")),
            ("tokenScopes", value("scp", "scope")), ("tokenTenant", value("tid")),
            ("tokenApplication", value("appid", "azp", "client_id")), ("tokenExpires", expires),
        ]
        facts =
            [Fact("tokenKind", "JWT")]
            + found.compactMap { name, value in
                value.map { Fact(name, $0) }
            }
    }

    private static func claims(_ token: [UInt8]) -> JSON? {
        let parts = token.split(separator: 0x2E, omittingEmptySubsequences: false)
        guard parts.count == 3 else { return nil }
        // What is no JWT is opaque.
        let json = try? JSON(parsing: Base64URL.decode(Array(parts[1])))
        return json?.members == nil ? nil : json
    }

    /// Texts only, of bounded length.
    private static func shown(_ value: JSON) -> JSON? {
        switch value {
        case .string(let text): .string(ServerWords.clean(text))
        case .array(let elements):
            .array(
                elements.prefix(20).compactMap {
                    $0.text.map { .string(ServerWords.clean($0)) }
                }
            )
        default: nil
        }
    }
}
