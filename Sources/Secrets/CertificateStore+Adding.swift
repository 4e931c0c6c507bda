package import Accounts
package import Cryptography
package import Observability
package import Postgres
import Sockets

/// What a new certificate came to.
package struct AddedCertificate: Sendable {
    package let id: UUID
    /// Whether its file was protected with a cipher not to rely on today.
    package let usesOldCipher: Bool
}

/// A file of the certificate folder and how to use it.
package struct CertificateFileChoice: Sendable {
    package let kind: CertificateKind
    package let fileName: String
    package let password: Redacted<[UInt8]>?
    /// Whether to keep a copy of its content in the database.
    package let isCached: Bool

    package init(
        kind: CertificateKind,
        fileName: String,
        password: Redacted<[UInt8]>?,
        isCached: Bool
    ) {
        self.kind = kind
        self.fileName = fileName
        self.password = password
        self.isCached = isCached
    }
}

extension CertificateStore {
    /// Makes a key and the request for its certificate.
    ///
    /// Throws: `CertificateRefusal`, `CertificateError.invalidSubject`.
    package func createRequest(
        _ name: String,
        _ kind: PrivateKeyKind,
        for subject: CertificateSubject,
        names: [CertificateName],
        _ scope: TenantScope
    ) async throws -> UUID {
        let (key, request) = try await pool.run {
            let key = try PrivateKey(generating: kind)
            return (
                Redacted(try key.pkcs8().reveal()),
                try CertificateRequest(for: subject, names: names, key: key)
            )
        }
        let new = NewCertificate(name, .request, key: key, request: request.der)
        return try await insert(
            new,
            audited: "certificate.requested",
            [AuditChange("subject", old: "", new: request.subject)],
            scope
        )
    }

    /// Keeps a certificate with its private key from a PKCS#12 file, or a PEM file with both.
    ///
    /// Throws: `CertificateRefusal`.
    package func addOwn(
        _ name: String,
        _ bytes: Redacted<[UInt8]>,
        password: Redacted<[UInt8]>?,
        _ scope: TenantScope
    ) async throws -> AddedCertificate {
        let content = try await read(.own, bytes, password)
        let new = NewCertificate(name, .own, content)
        let id = try await insert(
            new,
            audited: "certificate.added",
            content.auditChanges(from: nil),
            scope
        )
        return AddedCertificate(id: id, usesOldCipher: content.usesOldCipher)
    }

    /// Keeps a recipient's or an authority's certificate with its chain: DER or PEM.
    ///
    /// Throws: `CertificateRefusal`.
    package func add(
        _ kind: CertificateKind,
        _ name: String,
        _ bytes: [UInt8],
        _ scope: TenantScope
    ) async throws -> UUID {
        let content = try await read(kind, Redacted(bytes), nil)
        return try await insert(
            NewCertificate(name, kind, content),
            audited: "certificate.added",
            content.auditChanges(from: nil),
            scope
        )
    }

    /// Names a file of the certificate folder.
    ///
    /// Throws: `CertificateRefusal`; also when the file cannot be read now.
    package func addFile(
        _ name: String,
        _ choice: CertificateFileChoice,
        _ scope: TenantScope
    ) async throws -> AddedCertificate {
        let content = try await read(choice)
        let new = NewCertificate(name, choice.kind, content, choice)
        let id = try await insert(
            new,
            audited: "certificate.fileNamed",
            [
                AuditChange("fileName", old: "", new: choice.fileName),
                AuditChange("cacheCertificate", old: "", new: choice.isCached ? "on" : "off"),
            ] + content.auditChanges(from: nil),
            scope
        )
        return AddedCertificate(id: id, usesOldCipher: content.usesOldCipher)
    }

    private func insert(
        _ new: NewCertificate,
        audited action: String,
        _ changes: [AuditChange],
        _ scope: TenantScope
    ) async throws -> UUID {
        guard scope.tenant.edition == .onPremises else { throw AccountsError.notFound }
        let name = try Self.checked(new.name)
        let id = UUID(random: random)
        try await rejectingTakenName {
            try await database.transaction(scope.writing) { transaction in
                try await Self.checkCount(scope, transaction)
                let key = try await secrets.key(of: scope.tenant.id, in: transaction)
                _ = try await transaction.execute(
                    """
                    INSERT INTO certificates (id, tenant_id, name, kind, file_name, is_cached,
                        file_password, certificates, private_key, request, created_by, updated_by)
                    VALUES ($1::uuid, $2::uuid, $3, $4, $5, $6::boolean, $7, $8, $9, $10, $11, $11)
                    """,
                    [
                        id, scope.tenant.id, name, new.kind.rawValue, new.file?.fileName,
                        new.file?.isCached ?? true, try new.sealedPassword(id, key),
                        new.certificates, try new.sealedKey(id, key), new.request,
                        scope.actor.name,
                    ]
                )
                try await audit.record(
                    AuditEntry(action, of: name, changes: changes),
                    in: scope,
                    transaction
                )
            }
        }
        return id
    }

    private static func checkCount(
        _ scope: TenantScope,
        _ transaction: Transaction
    ) async throws {
        let count = try await transaction.only(
            "SELECT count(*) FROM certificates WHERE tenant_id = $1::uuid",
            [scope.tenant.id]
        ) { try $0.value(0, as: Int.self) }
        guard count < limit else {
            throw CertificateRefusal(
                "name",
                "tooMany",
                "Delete a certificate first; a tenant can have \(limit)."
            )
        }
    }

    /// Whether it can be a certificate's name.
    package static func isName(_ name: String) -> Bool {
        do throws(CertificateRefusal) {
            _ = try checked(name)
            return true
        } catch {
            // The refusal is this function's answer.
            return false
        }
    }

    /// Throws: `CertificateRefusal` for a name that cannot be one.
    static func checked(_ name: String) throws(CertificateRefusal) -> String {
        let bytes = name.utf8.drop { $0 == 0x20 }
        let trimmed = String(decoding: Array(bytes), as: UTF8.self)
        guard (1...64).contains(trimmed.unicodeScalars.count),
            bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
        else { throw .badName }
        return trimmed
    }

    func rejectingTakenName(_ body: () async throws -> Void) async throws {
        do { try await body() } catch let error as PostgresError
            where error.isUniqueViolation(of: "certificates_name")
        {
            throw CertificateRefusal.taken
        }
    }
}

/// What is written into a new row.
private struct NewCertificate: Sendable {
    let name: String
    let kind: CertificateKind
    var file: CertificateFileChoice?
    var certificates: [UInt8]?
    var key: Redacted<[UInt8]>?
    var request: [UInt8]?

    init(_ name: String, _ kind: CertificateKind, key: Redacted<[UInt8]>, request: [UInt8]) {
        self.name = name
        self.kind = kind
        self.key = key
        self.request = request
    }

    init(
        _ name: String,
        _ kind: CertificateKind,
        _ content: CertificateContent,
        _ file: CertificateFileChoice? = nil
    ) {
        self.name = name
        self.kind = kind
        self.file = file
        guard file?.isCached ?? true else { return }
        certificates = content.ders
        key = content.key
    }

    func sealedKey(_ id: UUID, _ tenantKey: TenantKey) throws -> [UInt8]? {
        try key.map {
            try tenantKey.seal($0, purpose: "certificate-key", fields: [id.description])
        }
    }

    func sealedPassword(_ id: UUID, _ tenantKey: TenantKey) throws -> [UInt8]? {
        guard let file, let password = file.password else { return nil }
        return try tenantKey.seal(
            password,
            purpose: "certificate-file-password",
            fields: [id.description, file.fileName]
        )
    }
}
