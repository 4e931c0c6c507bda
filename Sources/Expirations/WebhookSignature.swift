import Cryptography
package import Observability
package import Postgres

/// Proves to who has the secret that an event is from here, and when it was sent.
package enum WebhookSignature {
    package static let header = "Sendproof-Signature"

    /// `t=1764000000,v1=…`: the seconds since 1970, and in hexadecimal the HMAC-SHA-256 of these
    /// seconds, a dot and the body.
    package static func value(
        of body: [UInt8],
        secret: Redacted<[UInt8]>,
        at time: Timestamp
    ) -> String {
        let seconds = String(time.microseconds / 1_000_000)
        let code = secret.reveal {
            HMACSHA256.authenticate(
                key: SecretBytes($0),
                message: Array(seconds.utf8) + [UInt8(ascii: ".")] + body
            )
        }
        return "t=\(seconds),v1=\(Hexadecimal.encode(code))"
    }
}
