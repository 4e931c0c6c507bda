import Cryptography
import EmailSettings
import Observability
import SMTP
import Secrets

/// A certificate as a program sends it.
struct CertificateInput {
    let name: String
    let kind: CertificateKind
    let content: Redacted<[UInt8]>
    let password: Redacted<[UInt8]>?

    private static let kinds: [CertificateKind] = [.own, .recipient, .authority]

    /// Throws: `FormRejection` with unknown names, wrong types and what is missing.
    init(_ json: JSON) throws(FormRejection) {
        var errors = InputObject.errors(of: json, .certificate)
        name = json["name"]?.text ?? ""
        if !CertificateStore.isName(name), errors.isEmpty {
            errors.append(FieldError("name", "required", "Send a name of 1 to 64 characters."))
        }
        let kind = json["kind"]?.text.flatMap(CertificateKind.init(rawValue:))
        if !Self.kinds.contains(where: { $0 == kind }) {
            let kinds = Self.kinds.map(\.rawValue).joined(separator: ", ")
            errors.append(FieldError("kind", "choice", "Send a kind: \(kinds)."))
        }
        let content = Self.content(json["content"]?.text ?? "")
        if content == nil, json["content"] == nil || json["content"]?.text != nil {
            errors.append(
                FieldError(
                    "content",
                    "required",
                    "Send the certificate: PEM as it is, DER and PKCS#12 in Base64."
                )
            )
        }
        guard errors.isEmpty, let kind, let content else { throw FormRejection(errors) }
        self.kind = kind
        self.content = content
        password = json["password"]?.text.flatMap { text in
            text.isEmpty ? nil : Redacted(Array(text.utf8))
        }
    }

    /// PEM as it is; everything else is Base64, with or without line breaks.
    private static func content(_ text: String) -> Redacted<[UInt8]>? {
        let bytes = Array(text.utf8)
        if bytes.firstRange(of: Array("-----BEGIN ".utf8)) != nil { return Redacted(bytes) }
        let digits = bytes.filter { $0 != 0x0A && $0 != 0x0D && $0 != 0x20 }
        do {
            let decoded = try Base64.decode(digits)
            return decoded.isEmpty ? nil : Redacted(decoded)
        } catch {
            // What is no Base64 is no certificate, which the caller says.
            return nil
        }
    }
}

extension FieldTable {
    static let certificate = FieldTable([
        Field("id", .id, .answer, "Names it in addresses"),
        Field("name", .text, isRequired: true, "Its name for people"),
        Field(
            "kind",
            .choice(CertificateKind.allCases.map(\.rawValue)),
            isRequired: true,
            "What it is for; a request is made on the pages"
        ),
        Field(
            "content",
            .text,
            .call,
            isRequired: true,
            "The certificate, own ones with their key: PEM as it is, DER and PKCS#12 in Base64"
        ),
        Field("password", .nullable(.text), .call, "Of a PKCS#12 file"),
        Field(
            "fileName",
            .nullable(.text),
            .answer,
            "Of a file in the server's folder; null: it is kept in the database"
        ),
        Field(
            "isCached",
            .flag,
            .answer,
            "Whether the content is in the database; else the file is read at each use"
        ),
        Field("subject", .nullable(.text), .answer, "Whose it is; null when it cannot be read"),
        Field("issuer", .nullable(.text), .answer, "Who issued it; null for a request"),
        Field("names", .list(.text), .answer, "Alternative names"),
        Field("notBefore", .nullable(.time), .answer, "When it begins to be valid"),
        Field("notAfter", .nullable(.time), .answer, "When it ends"),
        Field("serialNumber", .nullable(.text), .answer, "In hexadecimal"),
        Field("fingerprint", .nullable(.text), .answer, "SHA-256, in hexadecimal"),
        Field("key", .nullable(.text), .answer, "Kind and size of its key"),
        Field("isAuthority", .flag, .answer, "Whether it may issue others"),
        Field("chain", .list(.text), .answer, "Subjects of the issuers that are kept with it"),
        Field("certificates", .nullable(.text), .answer, "It and its chain in PEM, never a key"),
        Field("request", .nullable(.text), .answer, "The signing request in PEM"),
        Field(
            "problem",
            .nullable(.object("CertificateProblem")),
            .answer,
            "What stands in the way of its use, or will soon; null: nothing"
        ),
        Field(
            "usesOldCipher",
            .flag,
            .answer,
            "Whether its file is protected with a cipher not to rely on today"
        ),
        Field("uses", .list(.object("CertificateUse")), .answer, "What uses it"),
        Field("version", .number(1...2_147_483_647), .answer, "Counts the changes"),
        Field("createdAt", .time, .answer, "When it was added"),
        Field("createdBy", .text, .answer, "Who added it"),
        Field("updatedAt", .time, .answer, "When it was changed last"),
        Field("updatedBy", .text, .answer, "Who changed it last"),
    ])

    static let certificateProblem = FieldTable([
        Field("code", .text, "Stable, for programs: expired, endsSoon, unreadable"),
        Field("message", .text, "What it is, and what to do"),
        Field("isFatal", .flag, "Whether it cannot be used now"),
    ])
}
