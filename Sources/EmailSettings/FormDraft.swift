package import Postgres
package import Secrets

/// What a person typed into a form and has not saved.
package struct FormDraft: Sendable {
    /// Field names and what was typed; never a credential.
    package let fields: [String: String]
    package let updatedAt: Timestamp
    /// Each sealed for the destination the form had when it was typed.
    let credentials: [CredentialField: DraftCredential]

    package func has(_ field: CredentialField) -> Bool { credentials[field] != nil }
    package var hasCredentials: Bool { !credentials.isEmpty }
    /// Whether a credential of it is to come from a named secret or a provider.
    package var namesSources: Bool { credentials.values.contains { $0.source != nil } }
    /// Where it is to come from; nil for a value that was typed.
    package func source(of field: CredentialField) -> CredentialSource? {
        credentials[field]?.source
    }
}

/// A credential of a draft, still sealed.
struct DraftCredential: Sendable {
    let sealed: [UInt8]
    /// Nil: a value that was typed.
    let source: CredentialSource?
}

/// A draft as it lies in the database.
package struct SealedDraft: Sendable {
    let form: DraftForm
    let fields: [UInt8]
    let credentials: [UInt8]?
    let updatedAt: Timestamp
}

/// Which form a draft belongs to.
package enum DraftForm: Sendable, Equatable {
    case branding
    case newProfile
    case profile(UUID)

    var text: String {
        switch self {
        case .branding: "branding"
        case .newProfile: "profile/new"
        case .profile(let id): "profile/\(id)"
        }
    }

    /// Reads what `text` writes.
    init?(text: String) {
        switch text {
        case "branding": self = .branding
        case "profile/new": self = .newProfile
        default:
            let prefix = "profile/"
            guard text.hasPrefix(prefix), let id = UUID(String(text.dropFirst(prefix.count)))
            else { return nil }
            self = .profile(id)
        }
    }

    /// The saved profile that the form edits.
    package var profile: UUID? {
        if case .profile(let id) = self { id } else { nil }
    }
}
