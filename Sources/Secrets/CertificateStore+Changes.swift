package import Accounts
import Cryptography
package import Observability
package import Postgres
import Sockets

extension CertificateStore {
    /// Installs the certificate issued for a request, or a new one in place of a stored one.
    ///
    /// A file that is cached is read again with `refresh`. With a private key in the file (PKCS#12), an own certificate gets that key too. Gives whether
    /// the file was protected with an old cipher.
    ///
    /// Throws: `CertificateRefusal`, `AccountsError.notFound`.
    package func install(
        _ bytes: Redacted<[UInt8]>,
        password: Redacted<[UInt8]>?,
        into id: UUID,
        version: Int?,
        _ scope: TenantScope
    ) async throws -> Bool {
        let isPKCS12 = try await isPKCS12(bytes)
        let now = clock()
        return try await change(id, version, scope) { row, key, transaction in
            guard case .stored = row.source else {
                throw CertificateRefusal("certificate", "file", "It is a file of the server.")
            }
            let content: CertificateContent
            switch row.kind {
            case .own where isPKCS12: content = try await read(.own, bytes, password)
            case .own, .request: content = try await issued(bytes, row, key, now)
            case .authority:
                // Passwords were entered for whom it vouches for: another one is another choice.
                let uses = try await transaction.all(CertificateUse.all(of: id, in: scope))
                guard uses.isEmpty else { throw CertificateRefusal.trusted(uses.map(\.use)) }
                content = try await read(row.kind, bytes, password)
            case .recipient: content = try await read(row.kind, bytes, password)
            }
            let action = row.kind == .request ? "certificate.installed" : "certificate.replaced"
            try await write(content, row, key, scope, transaction, audited: action)
            return content.usesOldCipher
        }
    }

    /// Reads a cached file of the certificate folder again.
    ///
    /// Throws: as `install`.
    package func refresh(_ id: UUID, version: Int?, _ scope: TenantScope) async throws {
        try await change(id, version, scope) { row, key, transaction in
            guard case .file(let file, isCached: true) = row.source else {
                throw AccountsError.notFound
            }
            let content = try await read(
                CertificateFileChoice(
                    kind: row.kind,
                    fileName: file,
                    password: try row.password(key),
                    isCached: true
                )
            )
            try await write(content, row, key, scope, transaction, audited: "certificate.replaced")
        }
    }

    /// Throws: `CertificateRefusal`, `AccountsError.notFound`.
    package func rename(
        _ id: UUID,
        to name: String,
        version: Int?,
        _ scope: TenantScope
    ) async throws {
        let name = try Self.checked(name)
        try await rejectingTakenName {
            try await change(id, version, scope) { row, _, transaction in
                guard row.name != name else { return }
                _ = try await transaction.execute(
                    """
                    UPDATE certificates SET name = $2, updated_by = $3, updated_at = now(),
                        version = version + 1
                    WHERE tenant_id = current_tenant() AND id = $1::uuid
                    """,
                    [id, name, scope.actor.name]
                )
                let entry = AuditEntry(
                    "certificate.renamed",
                    of: name,
                    changes: [AuditChange("name", old: row.name, new: name)]
                )
                try await audit.record(entry, in: scope, transaction)
            }
        }
    }

    /// Deletes a certificate and its key, unless a profile uses it.
    ///
    /// Throws: `CertificateRefusal` that says where it is used, `AccountsError.notFound`.
    package func delete(_ id: UUID, version: Int?, _ scope: TenantScope) async throws {
        do {
            try await change(id, version, scope) { row, _, transaction in
                let uses = try await transaction.all(CertificateUse.all(of: id, in: scope))
                guard uses.isEmpty else { throw CertificateRefusal.used(uses.map(\.use)) }
                _ = try await transaction.execute(
                    "DELETE FROM certificates WHERE tenant_id = current_tenant() AND id = $1::uuid",
                    [id]
                )
                let entry = AuditEntry("certificate.deleted", of: row.name)
                try await audit.record(entry, in: scope, transaction)
            }
        } catch let error as PostgresError where error.kind == .foreignKeyViolation {
            // A profile was saved with it at this very moment.
            throw CertificateRefusal.used([])
        }
    }

    private func change<Success: Sendable>(
        _ id: UUID,
        _ version: Int?,
        _ scope: TenantScope,
        _ body: (CertificateRow, TenantKey, Transaction) async throws -> Success
    ) async throws -> Success {
        guard scope.tenant.edition == .onPremises else { throw AccountsError.notFound }
        return try await database.transaction(scope.writing) { transaction in
            _ = try await transaction.execute(
                """
                SELECT id FROM certificates WHERE tenant_id = current_tenant() AND id = $1::uuid
                FOR UPDATE
                """,
                [id]
            )
            guard let row = try await transaction.first(CertificateRow.byID(id)) else {
                throw AccountsError.notFound
            }
            if let version, version != row.version { throw CertificateRefusal.changed }
            let key = try await secrets.key(of: scope.tenant.id, in: transaction)
            return try await body(row, key, transaction)
        }
    }

    /// Finds the certificate that was issued for the row's key.
    private func issued(
        _ bytes: Redacted<[UInt8]>,
        _ row: CertificateRow,
        _ key: TenantKey,
        _ now: Timestamp
    ) async throws -> CertificateContent {
        guard let privateKey = try row.openKey(key) else { throw SecretsError.damaged }
        return try await pool.run {
            do {
                let found = try bytes.reveal { try Certificate.read($0) }
                let own = try privateKey.reveal { try PrivateKey(pkcs8: SecretBytes($0)) }
                guard let leaf = try found.first(where: { try own.belongs(to: $0) }) else {
                    throw CertificateError(.keyDoesNotBelong)
                }
                try Self.checkValidity(leaf, now)
                return CertificateContent(
                    certificates: [leaf] + leaf.ordered(found),
                    key: privateKey,
                    usesOldCipher: false
                )
            } catch let error as CertificateError {
                throw CertificateRefusal(error)
            }
        }
    }

    private func isPKCS12(_ bytes: Redacted<[UInt8]>) async throws -> Bool {
        try await pool.run {
            do {
                _ = try bytes.reveal { try Certificate.read($0) }
                return false
            } catch let error as CertificateError {
                return error.kind == .isPKCS12
            }
        }
    }

    private func write(
        _ content: CertificateContent,
        _ row: CertificateRow,
        _ key: TenantKey,
        _ scope: TenantScope,
        _ transaction: Transaction,
        audited action: String
    ) async throws {
        let sealed = try content.key.map {
            try key.seal($0, purpose: "certificate-key", fields: [row.id.description])
        }
        _ = try await transaction.execute(
            """
            UPDATE certificates SET kind = $2, certificates = $3, private_key = $4,
                updated_by = $5, updated_at = now(), version = version + 1
            WHERE tenant_id = current_tenant() AND id = $1::uuid
            """,
            [
                row.id, row.kind == .request ? CertificateKind.own.rawValue : row.kind.rawValue,
                content.ders, sealed, scope.actor.name,
            ]
        )
        // What was proven with the old certificate is not proven with this one.
        _ = try await transaction.execute(
            """
            UPDATE email_profiles SET fingerprint = decode(repeat('00', 32), 'hex')
            WHERE tenant_id = current_tenant() AND id IN (
                SELECT profile_id FROM certificate_uses
                WHERE tenant_id = current_tenant() AND certificate_id = $1::uuid)
            """,
            [row.id]
        )
        let old = try row.content.flatMap { try Certificate.read(sequence: $0).first }
        try await audit.record(
            AuditEntry(action, of: row.name, changes: content.auditChanges(from: old)),
            in: scope,
            transaction
        )
    }
}
