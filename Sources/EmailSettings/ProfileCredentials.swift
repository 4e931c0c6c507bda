import Accounts
package import Observability
import Postgres
package import Secrets

/// The credentials of a profile, open; one that a named secret or a provider has is fetched when
/// it is used.
package struct ProfileCredentials: Sendable {
    private enum Entry: Sendable {
        case value(Redacted<[UInt8]>)
        case source(CredentialSource)
    }

    private var entries: [CredentialField: Entry] = [:]

    package init() {}

    /// The value; nil also for one that is yet to be fetched.
    package subscript(field: CredentialField) -> Redacted<[UInt8]>? {
        get { if case .value(let value) = entries[field] { value } else { nil } }
        set { entries[field] = newValue.map(Entry.value) }
    }

    /// Where it is fetched from; nil for a value of its own.
    package func source(of field: CredentialField) -> CredentialSource? {
        if case .source(let source) = entries[field] { source } else { nil }
    }

    package mutating func set(_ field: CredentialField, to source: CredentialSource) {
        entries[field] = .source(source)
    }

    package func isSet(_ field: CredentialField) -> Bool { entries[field] != nil }

    /// The credentials that are fetched from elsewhere, in the order of the fields.
    package var sources: [(field: CredentialField, source: CredentialSource)] {
        CredentialField.allCases.compactMap { field in
            source(of: field).map { (field, $0) }
        }
    }

    /// What another credential is bound to, when it goes with this one.
    func binding(of field: CredentialField) -> String {
        switch entries[field] {
        case .value(let value): value.reveal { String(decoding: $0, as: UTF8.self) }
        case .source(let source): source.text
        case nil: ""
        }
    }

    mutating func take(_ other: ProfileCredentials, _ field: CredentialField) {
        entries[field] = other.entries[field]
    }
}

/// What a form says about the credentials; one that is not named is kept.
package struct CredentialChanges: Sendable {
    private var changes: [CredentialField: CredentialChange] = [:]

    package init() {}

    package init(username: CredentialChange, password: CredentialChange) {
        self[.username] = username
        self[.password] = password
    }

    package subscript(field: CredentialField) -> CredentialChange {
        get { changes[field] ?? .keep }
        set { changes[field] = newValue }
    }

    package static let keepAll = CredentialChanges()

    /// Whether a credential is to come from a named secret or a provider.
    package var refersToSources: Bool { changes.values.contains { $0.source != nil } }

    /// Whether nothing is replaced or removed.
    var keepsAll: Bool {
        changes.values.allSatisfy { if case .keep = $0 { true } else { false } }
    }
}

extension CredentialChange {
    /// What was typed.
    var replacement: Redacted<[UInt8]>? {
        if case .replace(let value) = self { value } else { nil }
    }

    /// What was chosen.
    var source: CredentialSource? {
        if case .refer(let source) = self { source } else { nil }
    }
}

extension ProfileCredentials {
    /// Opens what the draft keeps, for the destination the draft has now, and takes what was
    /// typed.
    ///
    /// Throws: `FormRejection` when a kept credential was entered for another destination.
    static func open(
        _ draft: ProfileDraft,
        _ changes: CredentialChanges,
        of saved: EmailProfile?,
        store: SecretStore,
        key: TenantKey,
        in transaction: Transaction
    ) async throws -> ProfileCredentials {
        try await open(draft, changes) { field, destination in
            guard let stored = saved?.credentials[field] else { return nil }
            let value = try await store.open(stored.id, for: destination, key: key, in: transaction)
            return try KeptCredential(value, source: stored.source?.source)
        }
    }

    /// The same, with `kept` to open one that is kept for a destination.
    ///
    /// `kept` throws `SecretsError.destinationChanged`; a password goes with the username that was
    /// opened before it.
    static func open(
        _ draft: ProfileDraft,
        _ changes: CredentialChanges,
        kept: (CredentialField, Destination) async throws -> KeptCredential?
    ) async throws -> ProfileCredentials {
        var result = ProfileCredentials()
        var errors: [FieldError] = []
        for field in CredentialField.allCases {
            switch changes[field] {
            case .replace(let value): result[field] = value
            case .refer(let source): result.set(field, to: source)
            case .remove: continue
            case .keep:
                do {
                    let destination = draft.destination(of: field, with: result)
                    switch try await kept(field, destination) {
                    case .value(let value): result[field] = value
                    case .source(let source): result.set(field, to: source)
                    case nil: continue
                    }
                } catch SecretsError.destinationChanged {
                    errors.append(.destinationChanged(field))
                }
            }
        }
        guard errors.isEmpty else { throw FormRejection(errors) }
        return result
    }
}

/// A kept credential, opened for its destination.
enum KeptCredential: Sendable {
    case value(Redacted<[UInt8]>)
    case source(CredentialSource)

    /// What was sealed: a value, or the text of the source that stands beside it.
    ///
    /// Throws: `SecretsError.damaged` when somebody changed the source beside it.
    init(_ opened: Redacted<[UInt8]>, source: CredentialSource?) throws(SecretsError) {
        guard let source else {
            self = .value(opened)
            return
        }
        guard opened.reveal({ $0.elementsEqual(source.text.utf8) }) else { throw .damaged }
        self = .source(source)
    }
}
