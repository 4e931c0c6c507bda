package import Cryptography
import Observability

/// What a program shows to act for somebody.
///
/// It is `sp_` and 32 random bytes in the Base64 of addresses; only its hash is stored.
package struct APIToken: Sendable {
    private static let byteCount = 32
    /// The beginning of every token, by which a leaked one is recognised.
    package static let prefix = "sp_"

    private let value: Redacted<String>

    package init(random: RandomSource) {
        value = Redacted(Self.prefix + Base64URL.encode(random.bytes(count: Self.byteCount)))
    }

    /// Reads the text of a request; nil when it cannot be a token.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.starts(with: Self.prefix.utf8) else { return nil }
        let encoded = Array(bytes.dropFirst(Self.prefix.utf8.count))
        // What is not Base64 is no token; why does not matter.
        guard let decoded = try? Base64URL.decode(encoded), decoded.count == Self.byteCount else {
            return nil
        }
        value = Redacted(text)
    }

    /// The token; show it once, to the person who made it.
    package var text: String { value.reveal { $0 } }

    /// SHA-256 of the text: what the database knows the token by.
    package var hash: [UInt8] { value.reveal { SHA256.hash(Array($0.utf8)) } }
}
