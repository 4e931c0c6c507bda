import Observability

/// Signed in to a provider.
struct ProviderSession: Sendable {
    let token: Redacted<[UInt8]>
    /// Seconds from now; nil for a token that somebody gave us, which is not kept.
    let lifetime: Int?
    /// Where the secrets are, if not at the provider's URL.
    var vault: ProviderURL?
    var isFromMemory = false

    init(_ token: Redacted<[UInt8]>, lifetime: Int?, vault: ProviderURL? = nil) {
        self.token = token
        self.lifetime = lifetime
        self.vault = vault
    }
}
