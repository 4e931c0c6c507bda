import Postgres
import SMTP
import SecretProviders

/// The three questions of a test of a named secret, one after the other.
struct NamedSecretTrial {
    /// What stands in the database.
    enum Row: Sendable {
        case readable(SealedNamedSecret)
        /// A column has what Sendproof never writes.
        case damaged(name: String)

        static func find(_ id: UUID) -> Statement<Row> {
            SealedNamedSecret.find(id).orElse(Row.readable) {
                .damaged(name: try $0.value(1))
            }
        }

        var name: String {
            switch self {
            case .readable(let secret): secret.name
            case .damaged(let name): name
            }
        }
    }

    let row: Row
    /// Of the tenant; nil when there is none.
    let key: WrappedKey?
    /// Canonical; nil: none was named.
    let server: String?

    /// Throws: what is no fault of what is stored.
    func run(_ secrets: SecretStore) throws -> ProviderCheck {
        guard case .readable(let secret) = row else {
            return check(.failed(failure(ProviderAdvice.storeRow)))
        }
        let tenantKey: TenantKey
        do { tenantKey = try open(secrets) } catch let failure as ProviderFailure {
            return check(.ok, .failed(failure))
        }
        do { _ = try secret.open(tenantKey) } catch let error where SecretsError.isDamage(error) {
            return check(.ok, .ok, .failed(failure(ProviderAdvice.storeValue)))
        }
        // The list of servers is what it was, now that the value has opened.
        if let server, !secret.hosts.contains(server) {
            let refused = failure(ProviderAdvice.storeServer, host: server)
            return check(.ok, .ok, .failed(refused))
        }
        return check(.ok, .ok, .ok, [Fact("version", .number(secret.version))])
    }

    private func open(_ secrets: SecretStore) throws -> TenantKey {
        guard let key else {
            throw failure(ProviderAdvice.storeDataKey, "there is none in the database")
        }
        do { return try secrets.open(key) } catch SecretsError.missingMasterKey(let id, _) {
            throw failure(ProviderAdvice.storeMasterKey, id)
        } catch let error where SecretsError.isDamage(error) {
            throw failure(
                ProviderAdvice.storeDataKey,
                "it was altered in the database, or the key file has another key under the name "
                    + key.masterKey
            )
        }
    }

    private func failure(
        _ entry: AdviceEntry,
        _ reason: String = "",
        host: String = ""
    ) -> ProviderFailure {
        ProviderFailure(entry, secret: row.name, host: host, reason: reason)
    }

    private func check(
        _ reaches: ProviderCheck.Answer,
        _ authenticates: ProviderCheck.Answer = .notTried,
        _ reads: ProviderCheck.Answer = .notTried,
        _ facts: [Fact] = []
    ) -> ProviderCheck {
        ProviderCheck(reaches: reaches, authenticates: authenticates, reads: reads, facts: facts)
    }
}
