package import Observability

/// What a form says about a credential.
package enum CredentialChange: Sendable {
    case keep
    case replace(Redacted<[UInt8]>)
    case remove
}
