package import Accounts
import Cryptography
import Observability
package import Postgres
import Sockets

extension CertificateStore {
    /// Opens a certificate for the field `role`: reads the file now when it is not cached, opens the
    /// private key for roles that need it.
    ///
    /// Throws: `CertificateRefusal` with the role as its field: `missing`, `waiting`, `expired`,
    /// `notYetValid`, `unsuitable`, `unreadable`.
    package func material(
        of id: UUID,
        for role: CertificateRole,
        key: TenantKey,
        in transaction: Transaction
    ) async throws -> OpenedCertificate {
        guard let row = try await transaction.first(CertificateRow.byID(id)),
            role.kinds.contains(row.kind) || row.kind == .request
        else {
            throw CertificateRefusal(
                role.rawValue,
                "missing",
                "The certificate is gone. Choose another one."
            )
        }
        let reading = CertificateReading(folder: folder, key: key)
        let now = clock()
        do {
            return try await pool.run { try Self.open(row, for: role, reading, now) }
        } catch let error as any ExplainedError
            where error is CertificateError || error is CertificateFileError
        {
            throw Self.refusal(row, role, "unreadable", error.userText)
        }
    }

    /// The same in a transaction of its own.
    package func material(
        of id: UUID,
        for role: CertificateRole,
        _ scope: TenantScope
    ) async throws -> OpenedCertificate {
        try await database.transaction(scope.writing) { transaction in
            let key = try await secrets.key(of: scope.tenant.id, in: transaction)
            return try await material(of: id, for: role, key: key, in: transaction)
        }
    }

    private static func open(
        _ row: CertificateRow,
        for role: CertificateRole,
        _ reading: CertificateReading,
        _ now: Timestamp
    ) throws -> OpenedCertificate {
        var certificates: [Certificate] = []
        var privateKey: Redacted<[UInt8]>?
        if let file = row.fileReadAtUse {
            let bundle = try reading.bundle(fileOf: row, named: file)
            certificates = bundle.certificates
            privateKey = try bundle.key.map { Redacted(try $0.pkcs8().reveal()) }
        } else {
            certificates = try Certificate.read(sequence: row.content ?? [])
            privateKey = try reading.key.flatMap { try row.openKey($0) }
        }
        guard let leaf = certificates.first, row.kind != .request else {
            throw refusal(row, role, "waiting", CertificateProblem.waiting.text)
        }
        if let problem = CertificateProblem(leaf, at: now), problem.isFatal {
            throw refusal(row, role, problem.reason, problem.text)
        }
        if let text = role.refusal(of: leaf) { throw refusal(row, role, "unsuitable", text) }
        let needsKey = role == .clientCertificate || role == .signCertificate
        guard needsKey else {
            return OpenedCertificate(certificates: certificates, privateKey: nil)
        }
        guard let privateKey else { throw CertificateError(.noKey) }
        let key = try privateKey.reveal { try PrivateKey(pkcs8: SecretBytes($0)) }
        guard try key.belongs(to: leaf) else { throw CertificateError(.keyDoesNotBelong) }
        return OpenedCertificate(certificates: certificates, privateKey: privateKey)
    }

    private static func refusal(
        _ row: CertificateRow,
        _ role: CertificateRole,
        _ reason: String,
        _ text: String
    ) -> CertificateRefusal {
        CertificateRefusal(
            role.rawValue,
            reason,
            "The certificate “\(row.name)” cannot be used. \(text)"
        )
    }
}

extension CertificateProblem {
    /// The stable word for it.
    package var reason: String {
        switch self {
        case .waiting: "waiting"
        case .expired: "expired"
        case .notYetValid: "notYetValid"
        case .endsSoon: "endsSoon"
        case .unreadable: "unreadable"
        case .unsuitable: "unsuitable"
        }
    }
}
