import EmailSettings
import Mail
import Postgres
import SMTP
import Secrets
import TestSends

extension JSON {
    /// A profile as it can be sent back; its credentials say only when they were set and by whom.
    init(_ profile: EmailProfile, _ proof: ProfileProof?) {
        let form = ProfileForm(profile)
        self = [
            "id": .string(profile.id.description),
            "name": .string(form.name),
            "description": .string(form.description),
            "method": "smtp",
            "fromAddress": .string(form.fromAddress),
            "fromName": .string(form.fromName),
            "host": .string(form.host),
            "port": .number(Int(profile.port)),
            "timeoutSeconds": .number(profile.timeoutSeconds),
            "tls": .string(form.tls),
            "verifyCertificate": .bool(form.verifyCertificate),
            "heloName": .string(form.heloName),
            "authentication": .string(form.authentication),
            "allowPlaintextAuthentication": .bool(form.allowPlaintextAuthentication),
            "username": .credential(profile.username),
            "password": .credential(profile.password),
            "isActive": .bool(profile.isActive),
            "lastTest": .proof(proof),
            "version": .number(profile.version),
            "updatedAt": .time(profile.updatedAt),
            "updatedBy": .string(profile.updatedBy),
        ]
    }

    /// A row of the list.
    init(_ profile: ProfileSummary, _ proof: ProfileProof?, slug: String) {
        let id = profile.id.description
        self = [
            "id": .string(id),
            "name": .string(profile.name),
            "description": .string(profile.description),
            "fromAddress": .string(profile.fromAddress),
            "destination": .string(profile.destination),
            "isActive": .bool(profile.isActive),
            "lastTest": .proof(proof),
            "updatedAt": .time(profile.updatedAt),
            "links": ["self": .string(APIPath.profile.url(slug, id))],
        ]
    }

    private static func credential(_ secret: StoredSecret?) -> JSON {
        guard let secret else { return ["state": "none"] }
        return ["state": "stored", "setAt": .time(secret.setAt), "setBy": .string(secret.setBy)]
    }

    private static func proof(_ proof: ProfileProof?) -> JSON {
        guard let proof else { return .null }
        return ["status": .string(proof.status.rawValue), "isSame": .bool(proof.isSame)]
    }
}

extension FieldTable {
    static let profile = FieldTable([
        Field("id", .id, .answer, "Names the profile in addresses"),
        Field("name", .text, isRequired: true, "Unique in the tenant, 1 to 64 characters"),
        Field("description", .text, "At most 500 characters"),
        Field("method", .choice(["smtp"]), "How mail is handed over"),
        Field("fromAddress", .text, "Required as soon as there is a host"),
        Field("fromName", .text, "Display name"),
        Field("host", .text, "Name or address of the server; empty: email is disabled"),
        Field("port", .number(1...65_535), "Follows tls unless it is sent"),
        Field("timeoutSeconds", .number(1...255), "For each address"),
        Field("tls", .choice(TLSMode.allCases.map(\.rawValue)), "Encryption"),
        Field("verifyCertificate", .flag, "Whether the server must prove its name"),
        Field("heloName", .text, "What Sendproof calls itself; empty: the usual"),
        Field(
            "authentication",
            .choice(Authentication.allCases.map(\.rawValue)),
            "How Sendproof signs in"
        ),
        Field("allowPlaintextAuthentication", .flag, "Also over an unencrypted connection"),
        Field("username", .nullable(.object("Credential")), "Write-only; kept when missing"),
        Field("password", .nullable(.object("Credential")), "Write-only; kept when missing"),
        Field("isActive", .flag, .answer, "Whether the tenant's mail goes this way"),
        Field("lastTest", .nullable(.object("Proof")), .answer, "How it was proven, last"),
        Field("version", .number(0...2_147_483_647), "Counts the saves"),
        Field("updatedAt", .time, .answer, "When it was saved last"),
        Field("updatedBy", .text, .answer, "Who saved it last"),
    ])
}
