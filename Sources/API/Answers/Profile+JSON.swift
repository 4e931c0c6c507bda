import EmailSettings
import Postgres
import SMTP
import Secrets
import TestSends

extension JSON {
    /// A profile as it can be sent back; its credentials say only when they were set and by whom.
    init(_ profile: EmailProfile, _ proof: ProfileProof?) {
        let credentials = CredentialField.allCases.map {
            JSON.Member($0.rawValue, .credential(profile.credentials[$0]))
        }
        let head: JSON = ["id": .string(profile.id.description)]
        self = head.adding(.object(profile.form.json + credentials)).adding([
            "isActive": .bool(profile.isActive),
            "lastTest": .proof(proof),
            "version": .number(profile.version),
            "updatedAt": .time(profile.updatedAt),
            "updatedBy": .string(profile.updatedBy),
        ])
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

    /// A version without its values, as the history lists it.
    init(_ version: ProfileVersion) {
        self = [
            "version": .number(version.number),
            "savedAt": .time(version.savedAt),
            "savedBy": .string(version.savedBy),
            "credentials": .array(version.credentials.map { .string($0.rawValue) }),
        ]
    }

    private static func credential(_ secret: StoredSecret?) -> JSON {
        guard let secret else { return ["state": "none"] }
        let state: JSON =
            switch secret.source?.source {
            case .named(let id): ["state": "secret", "secret": .string(id.description)]
            case .provider(let id, let reference):
                [
                    "state": "provider", "provider": .string(id.description),
                    "reference": JSON(reference),
                ]
            case nil: ["state": "stored"]
            }
        return state.adding(["setAt": .time(secret.setAt), "setBy": .string(secret.setBy)])
    }

    private static func proof(_ proof: ProfileProof?) -> JSON {
        guard let proof else { return .null }
        return ["status": .string(proof.status.rawValue), "isSame": .bool(proof.isSame)]
    }
}

extension FieldTable {
    /// What answers add to the settings of a profile, or a file of one.
    static let profileState: Set<String> = [
        "id", "isActive", "lastTest", "version", "updatedAt", "updatedBy",
        "credentialFingerprints",
    ]

    /// A profile as answers have it: all fields of the form under the same names.
    static let profile = FieldTable(
        [Field("id", .id, .answer, "Names the profile in addresses")]
            + ProfileField.allCases.map { Field($0.rawValue, $0.jsonKind, $0.note) }
            + CredentialField.allCases.map {
                Field($0.rawValue, .object("Credential"), $0.note)
            } + [
                Field("isActive", .flag, .answer, "Whether the tenant's mail goes this way"),
                Field("lastTest", .nullable(.object("Proof")), .answer, "How it was proven, last"),
                Field("version", .number(0...2_147_483_647), .answer, "Counts the saves"),
                Field("updatedAt", .time, .answer, "When it was saved last"),
                Field("updatedBy", .text, .answer, "Who saved it last"),
            ]
    )

    /// The same as calls may have it: null stands for the default, or for no credential.
    static let profileInput = FieldTable(
        profile.fields.map {
            $0.direction == .answer
                ? Field($0.name, $0.kind.orNull, $0.direction, $0.note)
                : Field($0.name, $0.kind.orNull, isRequired: $0.name == "name", $0.note)
        } + [fingerprints(.answer)]
    )

    /// An exported profile.
    static let profileFile = FieldTable(
        ProfileField.allCases.map { Field($0.rawValue, $0.jsonKind, $0.note) }
            + [fingerprints(.both)]
    )

    private static func fingerprints(_ direction: Direction) -> Field {
        Field(
            "credentialFingerprints",
            .anything,
            direction,
            "Of an exported file: tells whether two credentials are the same, and nothing else"
        )
    }
}

extension FieldTable.Kind {
    fileprivate var orNull: FieldTable.Kind {
        if case .nullable = self { return self }
        return .nullable(self)
    }
}

extension ProfileField {
    fileprivate var jsonKind: FieldTable.Kind {
        switch kind {
        case .line, .text: .text
        case .number: .nullable(.number(self == .timeoutSeconds ? 1...255 : 1...65_535))
        case .flag: .flag
        case .choice: .choice(choices.map(\.value))
        case .addresses, .certificates: .list(.text)
        case .headers: .list(.object("Header"))
        case .certificate, .application: .nullable(.text)
        }
    }

    fileprivate var note: String { "\(words.label). \(words.effect)" }
}

extension CredentialField {
    fileprivate var note: String { "\(label). Never readable; kept when it is not sent" }
}
