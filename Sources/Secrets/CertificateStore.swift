package import Accounts
package import Cryptography
import Observability
package import Postgres
package import Sockets

/// Keeps the certificates of on-premises tenants, and opens them for use.
package struct CertificateStore: Sendable {
    let database: Database
    let audit: AuditTrail
    let secrets: SecretStore
    let random: RandomSource
    /// For keys, PKCS#12 and files, which take long or block.
    let pool: BlockingPool
    let folder: CertificateFolder?
    let clock: @Sendable () -> Timestamp

    /// The most certificates a tenant may have.
    package static let limit = 200

    /// `folder`: the installation's certificate folder; nil when it offers none.
    package init(
        database: Database,
        audit: AuditTrail,
        secrets: SecretStore,
        random: RandomSource,
        pool: BlockingPool,
        folder: CertificateFolder?,
        clock: @escaping @Sendable () -> Timestamp = { .now() }
    ) {
        self.database = database
        self.audit = audit
        self.secrets = secrets
        self.random = random
        self.pool = pool
        self.folder = folder
        self.clock = clock
    }

    /// Whether files of the installation can be named.
    package var offersFiles: Bool { folder != nil }

    /// All certificates of the tenant by name; files that are not cached are read for it.
    package func list(_ scope: TenantScope) async throws -> [StoredCertificate] {
        try await list(scope, usedOnly: false)
    }

    private func list(
        _ scope: TenantScope,
        usedOnly: Bool
    ) async throws -> [StoredCertificate] {
        let (keys, rows, uses) = try await database.read(
            scope.reading,
            secrets.find(keyOf: scope.tenant.id),
            CertificateRow.all(in: scope),
            CertificateUse.all(of: nil, in: scope)
        )
        let used = Set(uses.map(\.certificate))
        return try await shown(rows.filter { !usedOnly || used.contains($0.id) }, uses, keys.first)
    }

    /// Throws: `AccountsError.notFound`.
    package func show(_ id: UUID, _ scope: TenantScope) async throws -> StoredCertificate {
        let (keys, rows, uses) = try await database.read(
            scope.reading,
            secrets.find(keyOf: scope.tenant.id),
            CertificateRow.byID(id),
            CertificateUse.all(of: id, in: scope)
        )
        guard let found = try await shown(rows, uses, keys.first).first else {
            throw AccountsError.notFound
        }
        return found
    }

    /// What each field of a profile may name, by name; each with what is wrong with it.
    package func choices(
        _ scope: TenantScope
    ) async throws -> [CertificateRole: [CertificateChoice]] {
        let all = try await list(scope)
        return Dictionary(
            uniqueKeysWithValues: CertificateRole.allCases.map { ($0, Self.choices(for: $0, all)) }
        )
    }

    private static func choices(
        for role: CertificateRole,
        _ all: [StoredCertificate]
    ) -> [CertificateChoice] {
        all.filter { role.kinds.contains($0.kind) }.map { stored in
            let leaf = stored.certificates.first
            let unsuitable = leaf.flatMap(role.refusal(of:)).map(CertificateProblem.unsuitable)
            let isFatal = stored.problem?.isFatal ?? false
            return CertificateChoice(
                id: stored.id,
                name: stored.name,
                subject: leaf?.shortName ?? "",
                problem: isFatal ? stored.problem : unsuitable ?? stored.problem
            )
        }
    }

    /// Certificates in use that have expired or will within 30 days, for the overview.
    package func endingSoon(_ scope: TenantScope) async throws -> [StoredCertificate] {
        try await list(scope, usedOnly: true).filter { stored in
            switch stored.problem {
            case .expired, .endsSoon: return true
            default: return false
            }
        }
    }

    private func shown(
        _ rows: [CertificateRow],
        _ uses: [(certificate: UUID, use: CertificateUse)],
        _ wrapped: WrappedKey?
    ) async throws -> [StoredCertificate] {
        guard !rows.isEmpty else { return [] }
        let key = try wrapped.map(secrets.open)
        let now = clock()
        let folder = folder
        return try await pool.run {
            try rows.map { row in
                try StoredCertificate(
                    row,
                    uses.filter { $0.certificate == row.id }.map(\.use),
                    CertificateReading(folder: folder, key: key),
                    now
                )
            }
        }
    }
}

/// Reads the content of a row, from the database or from its file; it blocks.
struct CertificateReading: Sendable {
    let folder: CertificateFolder?
    let key: TenantKey?

    /// Throws: `CertificateError`, `CertificateFileError`, `SecretsError`.
    func bundle(fileOf row: CertificateRow, named file: String) throws -> CertificateBundle {
        guard let folder else { throw CertificateFileError.noFolder(0) }
        let password = try key.flatMap { try row.password($0) }
        return try CertificateBundle(folder.read(file), password: password)
    }
}

extension StoredCertificate {
    fileprivate init(
        _ row: CertificateRow,
        _ uses: [CertificateUse],
        _ reading: CertificateReading,
        _ now: Timestamp
    ) throws {
        var certificates: [Certificate] = []
        var problem: CertificateProblem?
        var isOld = false
        do {
            if let file = row.fileReadAtUse {
                let bundle = try reading.bundle(fileOf: row, named: file)
                certificates = bundle.certificates
                isOld = bundle.usesOldCipher
                if row.kind == .own, bundle.key == nil { throw CertificateError(.noKey) }
            } else if let content = row.content {
                certificates = try Certificate.read(sequence: content)
            }
            problem = certificates.first.flatMap { CertificateProblem($0, at: now) }
        } catch let error as any ExplainedError {
            problem = .unreadable(error.userText)
        }
        self.init(
            id: row.id,
            name: row.name,
            kind: row.kind,
            source: row.source,
            certificates: certificates,
            request: try row.request.map { try CertificateRequest(der: $0) },
            problem: row.kind == .request ? .waiting : problem,
            usesOldCipher: isOld,
            uses: uses,
            createdAt: row.createdAt,
            createdBy: row.createdBy,
            updatedAt: row.updatedAt,
            updatedBy: row.updatedBy,
            version: row.version
        )
    }
}
