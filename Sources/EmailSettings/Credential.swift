package import Observability
package import Secrets

/// What a form says about a credential.
package enum CredentialChange: Sendable {
    case keep
    case replace(Redacted<[UInt8]>)
    /// Takes it from a named secret or a provider.
    case refer(CredentialSource)
    case remove
}
