/// A kind of PAM or vault that credentials are fetched from.
package enum ProviderKind: String, CaseIterable, Sendable {
    case cyberArk, conjur, delineaSecretServer, delineaPlatform, hashiCorpVault, azureKeyVault

    package var title: String {
        switch self {
        case .cyberArk: "CyberArk (Central Credential Provider)"
        case .conjur: "CyberArk Conjur"
        case .delineaSecretServer: "Delinea Secret Server"
        case .delineaPlatform: "Delinea Platform"
        case .hashiCorpVault: "HashiCorp Vault"
        case .azureKeyVault: "Azure Key Vault"
        }
    }

    /// What a provider of this kind is set up with, in the order of the form.
    package var configuration: [ProviderField] {
        switch self {
        case .cyberArk:
            [
                .url("Of the Central Credential Provider, such as https://ccp.example.com."),
                ProviderField(
                    "appID",
                    "AppID",
                    help: "The application that the vault knows this installation as."
                ),
                ProviderField("safe", "Safe"),
                .clientCertificate, .trustedCA,
            ]
        case .conjur:
            [
                .url("Of the Conjur server or its follower."),
                ProviderField("account", "Account"),
                .credentials(
                    [.apiCredentials],
                    help: "User name: the login, such as host/sendproof. Value: its API key."
                ),
                .trustedCA,
            ]
        case .delineaSecretServer:
            [
                .url("Of the application, such as https://vault.example.com/SecretServer."),
                ProviderField("domain", "Domain", isRequired: false, help: "Of a directory user."),
                .credentials([.apiCredentials], help: "A user of Secret Server and its password."),
                .trustedCA,
            ]
        case .delineaPlatform:
            [
                .url("Of the platform, such as https://example.delinea.app."),
                .credentials([.apiCredentials], help: "Client ID and client secret."),
                .trustedCA,
            ]
        case .hashiCorpVault:
            [
                .url("Of the server, such as https://vault.example.com:8200."),
                ProviderField("namespace", "Namespace", isRequired: false),
                ProviderField(
                    "mount",
                    "Mount",
                    initial: "secret",
                    help: "The path at which the secrets engine is mounted."
                ),
                ProviderField("kvVersion", "KV version", .choice(["2", "1"]), initial: "2"),
                .credentials(
                    [.token, .apiCredentials],
                    help: "A token; or for AppRole API credentials with the role ID as the user "
                        + "name and the secret ID as the value."
                ),
                ProviderField(
                    "appRoleMount",
                    "AppRole mount",
                    initial: "approle",
                    help: "Where AppRole is mounted; not used with a token."
                ),
                .clientCertificate, .trustedCA,
            ]
        case .azureKeyVault:
            [
                .url("Of the vault, such as https://example.vault.azure.net."),
                .credentials(
                    [.microsoftApplication],
                    help: "An application that may read this vault's secrets."
                ),
            ]
        }
    }

    /// What names a secret in a provider of this kind, in the order of the form.
    package var reference: [ProviderField] {
        switch self {
        case .cyberArk:
            [
                ProviderField(
                    "folder",
                    "PrivateArk folder name",
                    initial: "Root",
                    help: "The path of the folder that stores it, such as Root\\MyDir."
                ),
                ProviderField(
                    "object",
                    "PrivateArk protected password name",
                    help: "The name of the username or password to use."
                ),
                ProviderField(
                    "property",
                    "Property",
                    .choice(["Content", "UserName", "Address"]),
                    initial: "Content",
                    help: "Content is what the object protects."
                ),
            ]
        case .conjur:
            [
                ProviderField(
                    "variableID",
                    "Variable ID",
                    .line(limit: 1024),
                    help: "Such as email/relay/password."
                ),
                .version,
            ]
        case .delineaSecretServer, .delineaPlatform:
            [
                ProviderField("secretID", "Secret ID", .number, help: "The secret's number."),
                ProviderField(
                    "fieldSlug",
                    "Field",
                    initial: "password",
                    help: "The slug of the secret's field, such as username or password."
                ),
            ]
        case .hashiCorpVault:
            [
                ProviderField(
                    "path",
                    "KV secret name",
                    .line(limit: 1024),
                    help: "The path of the secret inside the mount."
                ),
                ProviderField("key", "KV secret key", help: "The key inside the secret."),
                .version,
            ]
        case .azureKeyVault:
            [
                ProviderField("secretName", "Secret name", .line(limit: 127)),
                ProviderField(
                    "secretVersion",
                    "Version",
                    .line(limit: 64),
                    isRequired: false,
                    help: "Empty: the newest."
                ),
            ]
        }
    }
}

extension ProviderField {
    fileprivate static let version = ProviderField(
        "version",
        "Version",
        .number,
        isRequired: false,
        help: "Empty: the newest."
    )
}
