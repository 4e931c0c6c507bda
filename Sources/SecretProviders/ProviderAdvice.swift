package import SMTP

/// What to tell about each way in which a provider gives no secret; `{provider}`, `{host}` and
/// `{reason}` are filled in.
package enum ProviderAdvice {
    /// All of them, for the test that compares them with the documentation.
    package static let all =
        [
            settings, reference, refused, kvVersion, certificates, clientCertificate, unreachable,
            closed,
            timeout, secured,
            forbidden, cancelled, serverFailure, sealed, rateLimited, response, foreignVault,
        ] + entriesOfSecrets + entriesOfStore

    // MARK: - Settings

    static let settings = AdviceEntry(
        .providerSettings,
        who: .administrator,
        cause: "The provider {provider} cannot be asked as it is set up: {reason}.",
        advice: "Correct the provider's settings and test it again."
    )
    static let reference = AdviceEntry(
        .providerSettings,
        who: .administrator,
        cause: "What names the secret in the provider {provider} cannot be used: {reason}.",
        advice: "Correct what names the secret."
    )
    static let refused = AdviceEntry(
        .providerSettings,
        who: .administrator,
        cause: "The provider {provider} does not accept the request: {reason}.",
        advice: "Compare the provider's settings, and what names the secret, with the vault."
    )
    static let kvVersion = AdviceEntry(
        .providerSettings,
        field: "kvVersion",
        who: .administrator,
        cause: "The mount of the provider {provider} has another KV version: {reason}.",
        advice: "Choose the other KV version in the provider's settings."
    )
    static let certificates = AdviceEntry(
        .providerTLS,
        field: "clientCertificate",
        who: .administrator,
        cause: "The provider {provider} was not asked. {reason}.",
        advice: "Choose another client certificate or trusted CA in the provider's settings."
    )

    // MARK: - The way

    static let unreachable = AdviceEntry(
        .providerUnreachable,
        field: "url",
        who: .network,
        temporary: true,
        cause: "The provider {provider} could not be reached. {reason}.",
        advice: "Check the provider's URL, and that this server may connect to {host} over HTTPS, "
            + "through a firewall or proxy if there is one."
    )
    static let closed = AdviceEntry(
        .providerUnreachable,
        field: "url",
        who: .network,
        temporary: true,
        cause: "The provider {provider} ended the connection without an answer. {reason}.",
        advice: "Check the provider's URL with its port. A vault that recognises its clients by "
            + "certificate may do so to who shows none, or another one."
    )
    static let timeout = AdviceEntry(
        .providerTimeout,
        who: .network,
        temporary: true,
        cause: "The provider {provider} gave no answer in time. {reason}.",
        advice: "Check that the vault works, and whether a firewall on the way to {host} drops "
            + "connections."
    )
    static let secured = AdviceEntry(
        .providerTLS,
        field: "trustedCA",
        who: .network,
        cause: "The connection to the provider {provider} is not safe, so nothing secret was sent. "
            + "{reason}.",
        advice: "If {host} has a certificate of a private authority, choose that authority as the "
            + "trusted CA of the provider. If something on the way replaces certificates, have it "
            + "leave this host alone."
    )
    static let clientCertificate = AdviceEntry(
        .providerTLS,
        field: "clientCertificate",
        who: .administrator,
        cause: "The provider {provider} recognises its clients by certificate. {reason}.",
        advice: "Choose the client certificate that the vault knows in the provider's settings."
    )
    static let forbidden = AdviceEntry(
        .egressForbidden,
        field: "url",
        who: .administrator,
        cause: "The provider {provider} may not be connected to. {reason}.",
        advice: "Choose a URL that the network's rules allow."
    )
    static let cancelled = AdviceEntry(
        .cancelled,
        who: .administrator,
        cause: "The run was cancelled while the provider {provider} was asked. Nothing was sent.",
        advice: ""
    )

    // MARK: - The server

    static let serverFailure = AdviceEntry(
        .providerServerFailure,
        who: .vaultAdministrator,
        temporary: true,
        cause: "The provider {provider} has a fault of its own: {reason}.",
        advice: "Try again in a few minutes. If it lasts, have whoever runs the vault look at its "
            + "log."
    )
    static let sealed = AdviceEntry(
        .providerSealed,
        who: .vaultAdministrator,
        temporary: true,
        cause: "The vault of the provider {provider} is closed: {reason}.",
        advice: "Have whoever runs the vault unseal it; after a restart it stays sealed until then."
    )
    static let rateLimited = AdviceEntry(
        .providerRateLimited,
        who: .vaultAdministrator,
        temporary: true,
        cause: "The provider {provider} was asked too often: {reason}.",
        advice: "Wait a few minutes. If it lasts, have the vault's limit for this client raised."
    )
    static let response = AdviceEntry(
        .providerResponse,
        field: "url",
        who: .administrator,
        cause: "What answers at {host} is not the API of the provider {provider}: {reason}.",
        advice: "Check the provider's URL: it is the address for programs, without the path of a "
            + "page. A load balancer, a sign-in page or a proxy may answer in the vault's place."
    )
    static let foreignVault = AdviceEntry(
        .providerResponse,
        field: "url",
        who: .administrator,
        cause: "The provider {provider} names a vault that its token was not sent to: {reason}.",
        advice: "If the vault is your own, add its host to those that the provider's named secret "
            + "may be sent to."
    )
}
