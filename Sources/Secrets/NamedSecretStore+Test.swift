package import Accounts
package import Postgres
package import SecretProviders

extension NamedSecretStore {
    /// Whether a secret is in the store, whether the keys of the installation open the tenant's
    /// secrets, and whether this one opens as it was sealed and, with a `host`, may be sent there.
    ///
    /// The value is thrown away; that somebody asked, and the first failure, is written down.
    ///
    /// Throws: `NamedSecretRefusal` of the field `host` for what is none; `AccountsError.notFound`.
    package func test(
        _ id: UUID,
        for host: String,
        _ scope: TenantScope
    ) async throws -> ProviderCheck {
        guard scope.tenant.edition == .onPremises else { throw AccountsError.notFound }
        let server = try Self.server(host)
        return try await database.transaction(scope.writing) { transaction in
            // Not `secrets.key(of:in:)`, which would make the key that is missing.
            let (rows, keys) = try await transaction.all(
                NamedSecretTrial.Row.find(id),
                secrets.find(keyOf: scope.tenant.id)
            )
            guard let row = rows.first else { throw AccountsError.notFound }
            let trial = NamedSecretTrial(row: row, key: keys.first, server: server)
            let check = try trial.run(secrets)
            let changes = [
                AuditChange("server", old: "", new: server ?? ""),
                AuditChange("failure", old: "", new: check.failure?.code ?? ""),
            ]
            try await audit.record(
                AuditEntry(
                    "secret.tested",
                    of: row.name,
                    changes: changes.filter { !$0.new.isEmpty }
                ),
                in: scope,
                transaction
            )
            return check
        }
    }

    /// Nil for none.
    private static func server(_ typed: String) throws(NamedSecretRefusal) -> String? {
        let text = typed.trimmed
        guard !text.isEmpty else { return nil }
        guard let host = SecretHost.canonical(text) else {
            throw NamedSecretRefusal(
                "host",
                "invalid",
                "Enter a host name or address such as vault.example.com, without https:// and port."
            )
        }
        return host
    }
}
