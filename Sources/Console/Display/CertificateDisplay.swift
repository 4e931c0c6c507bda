import Cryptography
import Postgres
import Secrets
import Templates

extension CertificateListRow {
    init(_ stored: StoredCertificate, slug: String) {
        let subject = stored.certificates.first?.subject ?? stored.request?.subject
        self.init(
            url: PagePath.certificate.url(slug, stored.id.description),
            name: stored.name,
            subject: subject.flatMap { $0.isEmpty ? nil : $0 },
            kind: stored.kind.title,
            state: StateBadge(stored),
            end: stored.certificates.first.map { DisplayTime(seconds: $0.notAfter) },
            uses: stored.uses.map { PageLink($0, slug: slug) }
        )
    }
}

extension PageLink {
    init(_ use: CertificateUse, slug: String) {
        let url =
            switch use.user {
            case .profile(let id): PagePath.profile.url(slug, id.description)
            case .provider(let id): PagePath.provider.url(slug, id.description)
            }
        self.init(url: url, label: "\(use.name), \(use.role.title)")
    }
}

extension StateBadge {
    init(_ stored: StoredCertificate) {
        switch stored.problem {
        case nil: self.init(tone: "good", label: "Valid")
        case .waiting: self.init(tone: "neutral", label: "Waits for its certificate")
        case .expired: self.init(tone: "bad", label: "Expired")
        case .notYetValid: self.init(tone: "bad", label: "Not yet valid")
        case .endsSoon(let days):
            self.init(tone: "warning", label: "Expires in \(counted(Int64(days), "day"))")
        case .unreadable, .unsuitable: self.init(tone: "bad", label: "Cannot be read")
        }
    }
}

extension DisplayTime {
    init(seconds: Int64) {
        self.init(Timestamp(microseconds: seconds * 1_000_000))
    }
}

extension [NoticeBanner] {
    /// What the page of a certificate warns of.
    static func warnings(_ stored: StoredCertificate) -> [NoticeBanner] {
        var banners: [NoticeBanner] = []
        if let problem = stored.problem {
            let isBad = problem.isFatal && problem != .waiting
            banners.append(NoticeBanner(tone: isBad ? "bad" : "warning", text: problem.text))
        }
        if stored.usesOldCipher {
            banners.append(
                NoticeBanner(
                    tone: "warning",
                    text: "This file uses an old cipher (RC2, DES or 3DES) that does not protect "
                        + "the key well. Export it again with AES."
                )
            )
        }
        return banners
    }
}

extension [SettingGroup] {
    /// All details of a certificate or request.
    static func certificate(_ stored: StoredCertificate) -> [SettingGroup] {
        var groups: [SettingGroup] = []
        if let leaf = stored.certificates.first {
            groups.append(SettingGroup(id: "details", title: "Details", rows: rows(leaf)))
        } else if let request = stored.request {
            groups.append(SettingGroup(id: "details", title: "Request", rows: rows(request)))
        }
        let chain = stored.certificates.dropFirst()
        if !chain.isEmpty {
            groups.append(
                SettingGroup(id: "chain", title: "Chain", rows: chain.enumerated().map(row))
            )
        }
        groups.append(SettingGroup(id: "keeping", title: "Keeping", rows: keeping(stored)))
        return groups
    }

    private static func rows(_ leaf: Certificate) -> [SettingRow] {
        let unlimited = "Not limited"
        return [
            SettingRow("Subject", leaf.subject),
            SettingRow(
                "Issuer",
                leaf.issuer,
                note: leaf.isSelfSigned ? "It signed itself." : nil
            ),
            SettingRow("Names", names(leaf.names)),
            SettingRow("Valid from", DisplayTime(seconds: leaf.notBefore).text),
            SettingRow("Valid until", DisplayTime(seconds: leaf.notAfter).text),
            SettingRow("Key", leaf.key.text),
            SettingRow(
                "Key usage",
                leaf.usage.keyUsages.isEmpty
                    ? unlimited : leaf.usage.keyUsages.joined(separator: ", ")
            ),
            SettingRow(
                "Extended key usage",
                leaf.usage.extendedKeyUsages.isEmpty
                    ? unlimited : leaf.usage.extendedKeyUsages.joined(separator: ", ")
            ),
            SettingRow("Certificate authority", leaf.isAuthority ? "Yes" : "No"),
            SettingRow("Serial number", leaf.serialNumber),
            SettingRow("SHA-256 fingerprint", leaf.fingerprint.fingerprintText),
            SettingRow("SHA-256 of the public key", leaf.publicKeyFingerprint.fingerprintText),
        ]
    }

    private static func rows(_ request: CertificateRequest) -> [SettingRow] {
        [
            SettingRow("Subject", request.subject),
            SettingRow("Names", names(request.names)),
            SettingRow("Key", request.key.text),
        ]
    }

    private static func names(_ names: [CertificateName]) -> String {
        names.isEmpty ? "None" : names.map(\.text).joined(separator: ", ")
    }

    private static func row(_ index: Int, _ certificate: Certificate) -> SettingRow {
        SettingRow(
            index == 0 ? "Issuer" : "Issuer \(index + 1)",
            certificate.subject,
            note: "Until \(DisplayTime(seconds: certificate.notAfter).text)"
        )
    }

    private static func keeping(_ stored: StoredCertificate) -> [SettingRow] {
        let place: SettingRow =
            switch stored.source {
            case .stored: SettingRow("Kept in", "The database")
            case .file(let name, let isCached):
                SettingRow(
                    "File on the server",
                    name,
                    note: isCached
                        ? "Cache certificate is on: a copy is kept in the database."
                        : "Cache certificate is off: the file is read at each use."
                )
            }
        let hasKey = stored.kind == .own || stored.kind == .request
        return [
            place,
            SettingRow(
                "Private key",
                hasKey ? "Encrypted; nobody can read it back" : "None"
            ),
            SettingRow("Added", "\(DisplayTime(stored.createdAt).text) by \(stored.createdBy)"),
            SettingRow("Changed", "\(DisplayTime(stored.updatedAt).text) by \(stored.updatedBy)"),
        ]
    }
}

extension [UInt8] {
    /// `AB:CD:…`, as browsers and `openssl` show it.
    fileprivate var fingerprintText: String {
        map { Hexadecimal.encode([$0]).uppercased() }.joined(separator: ":")
    }
}
