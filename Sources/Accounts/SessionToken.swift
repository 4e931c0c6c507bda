package import Cryptography
import Observability

/// The random value in a session's cookie; only its hash is stored.
package struct SessionToken: Sendable {
    private static let byteCount = 32
    private let value: Redacted<[UInt8]>

    package init(random: RandomSource) {
        value = Redacted(random.bytes(count: Self.byteCount))
    }

    /// Reads the cookie's text; nil when it cannot be a token.
    package init?(cookie: String) {
        // What is not Base64 is no token; why does not matter.
        guard let bytes = try? Base64URL.decode(cookie), bytes.count == Self.byteCount else {
            return nil
        }
        value = Redacted(bytes)
    }

    /// The cookie's text; give it to the browser and to nobody else.
    package var cookie: String { value.reveal { Base64URL.encode($0) } }

    /// What the database knows the session by.
    package var hash: [UInt8] { value.reveal { SHA256.hash($0) } }

    /// The token every form of this session carries; it follows from the cookie's value, so that
    /// nobody can make it who does not have the cookie.
    package var formToken: String {
        value.reveal {
            Base64URL.encode(
                HMACSHA256.authenticate(key: SecretBytes($0), message: Array("form".utf8))
            )
        }
    }

    /// Compares in constant time what a form sent.
    package func accepts(formToken text: String) -> Bool {
        equalInConstantTime(Array(text.utf8), Array(formToken.utf8))
    }
}
