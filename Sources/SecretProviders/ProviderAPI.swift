import Observability
import SMTP
import Sockets

/// The API of one product.
protocol ProviderAPI: Sendable {
    /// Shows that the product's API answers, and that the product can work.
    func reach(_ call: inout ProviderCall) async throws(ProviderFailure) -> [Fact]

    /// Signs in; nil where each request signs in for itself.
    func signIn(_ call: inout ProviderCall) async throws(ProviderFailure) -> ProviderSession?

    /// What the product says of a session; for those that it did not just give out, whether it is
    /// one.
    func inspect(
        _ session: ProviderSession,
        _ call: inout ProviderCall
    ) async throws(ProviderFailure) -> SessionReport

    /// Reads the secret.
    func read(
        _ reference: SecretReference,
        _ session: ProviderSession?,
        _ call: inout ProviderCall
    ) async throws(ProviderFailure) -> ProvidedSecret

    /// The names of the keys inside a secret, without their values.
    func keys(
        at reference: SecretReference,
        _ session: ProviderSession?,
        _ call: inout ProviderCall
    ) async throws(ProviderFailure) -> [String]
}

/// What a product says of a session.
struct SessionReport: Sendable {
    var expiresAt: TraceTime?
    var facts: [Fact] = []
}

extension ProviderAPI {
    func inspect(
        _ session: ProviderSession,
        _ call: inout ProviderCall
    ) async throws(ProviderFailure) -> SessionReport { SessionReport() }

    func keys(
        at reference: SecretReference,
        _ session: ProviderSession?,
        _ call: inout ProviderCall
    ) async throws(ProviderFailure) -> [String] {
        throw ProviderFailure(ProviderAdvice.reference, "it has no keys to choose from")
    }
}

extension ProviderSettings {
    /// Who signs in, and with what.
    ///
    /// Throws: when the provider names no secret, or one of another kind.
    func signer(
        _ kinds: NamedSecretKind...
    ) throws(ProviderFailure) -> NamedSecretValue {
        guard let credentials, kinds.contains(credentials.kind),
            credentials.value.reveal({ !$0.isEmpty })
        else {
            let wanted = kinds.map(\.title).joined(separator: " or ")
            throw ProviderFailure(
                ProviderAdvice.settings,
                "it has nothing to sign in with, which would be a named secret of the kind \(wanted)"
            )
        }
        return credentials
    }
}
