import COpenSSL

/// A libcrypto of its own that also knows the ciphers of old PKCS#12 files (RC2, and the key
/// derivation of PKCS#12); nothing else of the process gets at them.
// Unchecked: made once, and libcrypto's library contexts may be used by every thread.
final class OldCiphers: @unchecked Sendable {
    let context: OpaquePointer?
    /// Whether the system's OpenSSL has its legacy provider installed.
    let hasLegacy: Bool

    static let shared = OldCiphers()

    private init() {
        context = OSSL_LIB_CTX_new()
        // Kept for the life of the process, as is the context.
        let usual = OSSL_PROVIDER_load(context, "default")
        let legacy = OSSL_PROVIDER_load(context, "legacy")
        hasLegacy = usual != nil && legacy != nil
        ERR_clear_error()
    }
}
