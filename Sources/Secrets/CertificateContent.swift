import Accounts
import Cryptography
import Observability
import Postgres
import Sockets

/// The content of a file, checked for what it is to be.
struct CertificateContent: Sendable {
    let certificates: [Certificate]
    /// PKCS#8 in DER; for own certificates only.
    let key: Redacted<[UInt8]>?
    let usesOldCipher: Bool

    /// As it is stored.
    var ders: [UInt8] { certificates.flatMap(\.der) }

    func auditChanges(from old: Certificate?) -> [AuditChange] {
        guard let leaf = certificates.first else { return [] }
        return [
            AuditChange("subject", old: old?.subject ?? "", new: leaf.subject),
            AuditChange("fingerprint", old: old?.hexadecimal ?? "", new: leaf.hexadecimal),
            AuditChange("validUntil", old: old?.end ?? "", new: leaf.end),
        ].filter { $0.old != $0.new }
    }
}

extension Certificate {
    fileprivate var hexadecimal: String { Hexadecimal.encode(fingerprint) }
    fileprivate var end: String { Timestamp.ofSecond(notAfter).day }
}

extension CertificateStore {
    /// Reads and checks a file's content on a thread for it.
    ///
    /// Throws: `CertificateRefusal`.
    func read(
        _ kind: CertificateKind,
        _ bytes: Redacted<[UInt8]>,
        _ password: Redacted<[UInt8]>?
    ) async throws -> CertificateContent {
        let now = clock()
        return try await refusing {
            try await pool.run {
                try Self.check(kind, CertificateBundle(bytes, password: password), now)
            }
        }
    }

    /// The same for a file of the folder.
    func read(_ choice: CertificateFileChoice) async throws -> CertificateContent {
        let now = clock()
        let folder = folder
        return try await refusing {
            try await pool.run {
                guard let folder else { throw CertificateFileError.noFolder(0) }
                let bytes = try folder.read(choice.fileName)
                let bundle = try CertificateBundle(bytes, password: choice.password)
                return try Self.check(choice.kind, bundle, now)
            }
        }
    }

    private func refusing(
        _ body: () async throws -> CertificateContent
    ) async throws -> CertificateContent {
        do { return try await body() } catch let error as CertificateError {
            throw CertificateRefusal(error)
        } catch let error as CertificateFileError {
            let reason = error.code.utf8.drop { $0 != UInt8(ascii: ".") }.dropFirst()
            throw CertificateRefusal(
                "fileName",
                String(decoding: Array(reason), as: UTF8.self),
                error.userText
            )
        }
    }

    /// Refuses what cannot serve as `kind`.
    private static func check(
        _ kind: CertificateKind,
        _ bundle: CertificateBundle,
        _ now: Timestamp
    ) throws -> CertificateContent {
        guard let leaf = bundle.certificates.first else {
            throw CertificateError(.noCertificate)
        }
        try checkValidity(leaf, now)
        switch kind {
        case .own, .request:
            guard let key = bundle.key else { throw CertificateError(.noKey) }
            return CertificateContent(
                certificates: bundle.certificates,
                key: Redacted(try key.pkcs8().reveal()),
                usesOldCipher: bundle.usesOldCipher
            )
        case .recipient, .authority:
            let role: CertificateRole = kind == .authority ? .trustedCA : .encryptCertificate
            if let reason = role.refusal(of: leaf) {
                throw CertificateRefusal("certificate", "unsuitable", reason)
            }
            // A key that lay in the file too is not kept: it is not needed.
            return CertificateContent(
                certificates: bundle.certificates,
                key: nil,
                usesOldCipher: bundle.usesOldCipher
            )
        }
    }

    static func checkValidity(
        _ leaf: Certificate,
        _ now: Timestamp
    ) throws(CertificateRefusal) {
        guard let problem = CertificateProblem(leaf, at: now), problem.isFatal else { return }
        throw CertificateRefusal("certificate", problem.reason, problem.text)
    }
}
