import Accounts
import OAuth
import Outbound
import Postgres
import SMTP
import SecretProviders

extension ProviderStore {
    /// Checks what the draft names: that it is there, and that the secret may be sent to its host.
    ///
    /// Gives the names by field. Throws: `ProviderRefusal`.
    func check(
        _ draft: ProviderDraft,
        _ scope: TenantScope,
        _ transaction: Transaction
    ) async throws -> [String: String] {
        var names: [String: String] = [:]
        var problems: [ProviderRefusal.Problem] = []
        for field in draft.kind.configuration {
            guard let id = draft.values[field.name].flatMap({ UUID($0) }) else { continue }
            do {
                switch field.kind {
                case .line, .number, .choice: continue
                case .secret(let kinds):
                    let secret = try await secret(id, kinds, field.name, transaction)
                    try secret.check(for: draft)
                    names[field.name] = secret.name
                case .authority, .ownCertificate:
                    names[field.name] = try await certificate(id, field.name, scope, transaction)
                }
            } catch let refusal as ProviderRefusal {
                problems += refusal.problems
            } catch let refusal as CertificateRefusal {
                problems.append(
                    ProviderRefusal.Problem(field.name, refusal.reason, refusal.userText)
                )
            }
        }
        guard problems.isEmpty else { throw ProviderRefusal(problems) }
        return names
    }

    func secret(
        _ id: UUID,
        _ kinds: [NamedSecretKind],
        _ field: String,
        _ transaction: Transaction
    ) async throws -> SealedNamedSecret {
        guard let secret = try await transaction.first(SealedNamedSecret.find(id)),
            kinds.contains(secret.kind)
        else {
            throw ProviderRefusal(field, "missing", "The secret is gone. Choose another one.")
        }
        return secret
    }

    private func certificate(
        _ id: UUID,
        _ field: String,
        _ scope: TenantScope,
        _ transaction: Transaction
    ) async throws -> String {
        guard let role = CertificateRole(rawValue: field) else { throw SecretsError.damaged }
        let key = try await secrets.key(of: scope.tenant.id, in: transaction)
        _ = try await certificates.material(of: id, for: role, key: key, in: transaction)
        return try await transaction.first(CertificateRow.byID(id))?.name ?? ""
    }
}

extension SealedNamedSecret {
    /// Of a Microsoft application.
    private var cloud: NationalCloud {
        details[.cloud].flatMap(NationalCloud.init(rawValue:)) ?? .global
    }

    /// The host that gets the secret itself: a vault of Azure gets a token only.
    func receiver(_ draft: ProviderDraft) -> String {
        draft.kind == .azureKeyVault ? cloud.loginHost : draft.url.host
    }

    /// Throws: `ProviderRefusal` beside the URL when the secret may not be sent there.
    func check(for draft: ProviderDraft) throws(ProviderRefusal) {
        if draft.kind == .azureKeyVault {
            guard cloud.hasVault(draft.url) else {
                throw ProviderRefusal(
                    "url",
                    "domain",
                    "The application of “\(name)” belongs to \(cloud.title), whose vaults are at "
                        + "\(cloud.vaultDomain). Enter the URL of one of them, or choose another "
                        + "secret."
                )
            }
            return
        }
        guard SecretHost.canonical(draft.url.host).map(hosts.contains) ?? false else {
            throw ProviderRefusal(
                "url",
                "host",
                "The secret “\(name)” may not be sent to \(draft.url.host), only to "
                    + "\(hosts.joined(separator: ", ")). Choose another secret, or have somebody who "
                    + "knows its value replace it with this server among its own."
            )
        }
    }
}

extension NationalCloud {
    /// Whether `url` is that of a key vault of this cloud.
    func hasVault(_ url: HTTPSURL) -> Bool {
        let ending = Array(".\(vaultDomain)".utf8)
        let host = Array(url.host.utf8)
        let name = host.dropLast(ending.count)
        return host.suffix(ending.count) == ending[...] && url.port == 443 && !name.isEmpty
            && !name.contains(UInt8(ascii: "."))
    }
}
