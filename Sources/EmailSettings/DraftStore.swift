package import Accounts
import Observability
package import Postgres
package import Secrets

/// Keeps what was typed while a test runs, sealed, for the person who typed it.
package struct DraftStore: Sendable {
    private let database: Database
    private let secrets: SecretStore

    package init(database: Database, secrets: SecretStore) {
        self.database = database
        self.secrets = secrets
    }

    /// The person's draft of `form`, at most twelve hours old.
    package func draft(_ form: DraftForm, _ scope: TenantScope) async throws -> FormDraft? {
        let drafts = try await database.read(scope.reading, find(form, scope))
        return try await drafts.first.asyncFlatMap { try await open($0, scope) }
    }

    /// Finds the person's draft of `form`, still sealed; a statement, to be read together with
    /// others.
    package func find(_ form: DraftForm, _ scope: TenantScope) -> Statement<SealedDraft> {
        Statement(
            """
            SELECT fields, credentials, updated_at FROM form_drafts
            WHERE tenant_id = $1::uuid AND user_id = $2::uuid AND form = $3
                AND updated_at > now() - interval '12 hours'
            """,
            [scope.tenant.id, scope.actor.id, form.text]
        ) {
            SealedDraft(
                form: form,
                fields: try $0.value(0),
                credentials: try $0.value(1),
                updatedAt: try $0.value(2)
            )
        }
    }

    /// Opens a draft that `find` gave.
    package func open(_ sealed: SealedDraft, _ scope: TenantScope) async throws -> FormDraft {
        try await database.transaction(scope.writing) { transaction in
            let key = try await secrets.key(of: scope.tenant.id, in: transaction)
            let fields = try key.open(
                sealed.fields,
                purpose: "draft",
                fields: [scope.actor.id?.description ?? "", sealed.form.text]
            )
            return FormDraft(
                fields: fields.reveal(Self.decode),
                updatedAt: sealed.updatedAt,
                credentials: Self.decode(credentials: sealed.credentials)
            )
        }
    }

    /// Keeps `fields` and the credentials typed with them, each for the destination of `draft`.
    package func keep(
        _ fields: [String: String],
        _ changes: CredentialChanges,
        of draft: ProfileDraft,
        as form: DraftForm,
        _ scope: TenantScope
    ) async throws {
        try await write(fields, form, scope) { key, person in
            try Self.seal(changes, of: draft, typedBy: person, with: key)
        }
    }

    /// Keeps `fields`; credentials of an earlier draft stay, for the destination they had.
    package func keep(
        _ fields: [String: String],
        as form: DraftForm,
        _ scope: TenantScope
    ) async throws {
        try await write(fields, form, scope) { _, _ in nil }
    }

    /// Writes the draft; where `credentials` gives nil, those that are there stay.
    private func write(
        _ fields: [String: String],
        _ form: DraftForm,
        _ scope: TenantScope,
        _ credentials: (TenantKey, String) throws -> [UInt8]?
    ) async throws {
        guard let person = scope.actor.id else { return }
        try await database.transaction(scope.writing) { transaction in
            let key = try await secrets.key(of: scope.tenant.id, in: transaction)
            let sealed = try key.seal(
                Redacted(Self.encode(fields)),
                purpose: "draft",
                fields: [person.description, form.text]
            )
            _ = try await transaction.execute(
                """
                INSERT INTO form_drafts (tenant_id, user_id, form, fields, credentials)
                VALUES ($1::uuid, $2::uuid, $3, $4, $5)
                ON CONFLICT (tenant_id, user_id, form) DO UPDATE SET fields = excluded.fields,
                    credentials = coalesce(excluded.credentials, form_drafts.credentials),
                    updated_at = now()
                """,
                [
                    scope.tenant.id, person, form.text, sealed,
                    try credentials(key, person.description),
                ]
            )
        }
    }

    private static func seal(
        _ changes: CredentialChanges,
        of draft: ProfileDraft,
        typedBy person: String,
        with key: TenantKey
    ) throws -> [UInt8] {
        var typed = ProfileCredentials()
        var writer = FieldWriter()
        for field in CredentialField.allCases {
            let source = changes[field].source
            guard
                let value = changes[field].replacement
                    ?? source.map({ Redacted(Array($0.text.utf8)) })
            else { continue }
            let sealed = try key.seal(
                value,
                purpose: "draftCredential",
                fields: [person] + draft.destination(of: field, with: typed).fields
            )
            if let source { typed.set(field, to: source) } else { typed[field] = value }
            writer.append(field.rawValue)
            writer.append(bytes: sealed)
            if let source { writer.append(source) } else { writer.append("") }
        }
        return writer.bytes
    }

    package func discard(_ form: DraftForm, _ scope: TenantScope) async throws {
        guard let person = scope.actor.id else { return }
        try await database.transaction(scope.writing) { transaction in
            _ = try await transaction.execute(
                """
                DELETE FROM form_drafts
                WHERE tenant_id = $1::uuid AND user_id = $2::uuid AND form = $3
                """,
                [scope.tenant.id, person, form.text]
            )
        }
    }

    /// Deletes drafts of every tenant that are too old to be read; the answer is how many.
    @discardableResult
    package static func deleteEnded(in database: Database) async throws -> Int {
        try await database.query(
            .worker,
            Statement(
                """
                DELETE FROM form_drafts WHERE updated_at <= now() - interval '12 hours'
                RETURNING form
                """
            )
        ).count
    }

    /// Turns "keep" into what the draft holds, when it was typed for this very destination.
    ///
    /// Throws: `FormRejection` when the destination has changed since.
    package func resolve(
        _ changes: CredentialChanges,
        with kept: FormDraft?,
        for draft: ProfileDraft,
        _ scope: TenantScope
    ) async throws -> CredentialChanges {
        guard let kept, kept.hasCredentials, let person = scope.actor.id?.description else {
            return changes
        }
        return try await database.transaction(scope.writing) { transaction in
            let key = try await secrets.key(of: scope.tenant.id, in: transaction)
            let open = try await ProfileCredentials.open(draft, changes) { field, destination in
                guard let kept = kept.credentials[field] else { return nil }
                let value = try key.open(
                    kept.sealed,
                    purpose: "draftCredential",
                    fields: [person] + destination.fields
                )
                return try KeptCredential(value, source: kept.source)
            }
            var changes = changes
            for field in CredentialField.allCases where kept.has(field) {
                guard case .keep = changes[field] else { continue }
                if let value = open[field] { changes[field] = .replace(value) }
                if let source = open.source(of: field) { changes[field] = .refer(source) }
            }
            return changes
        }
    }

    private static func encode(_ fields: [String: String]) -> [UInt8] {
        var writer = FieldWriter()
        for (name, value) in fields {
            writer.append(name)
            writer.append(value)
        }
        return writer.bytes
    }

    private static func decode(_ bytes: [UInt8]) -> [String: String] {
        var reader = FieldReader(bytes)
        var fields: [String: String] = [:]
        while let name = reader.text(), let value = reader.text() { fields[name] = value }
        return fields
    }

    private static func decode(
        credentials bytes: [UInt8]?
    ) -> [CredentialField: DraftCredential] {
        guard let bytes else { return [:] }
        var reader = FieldReader(bytes)
        var credentials: [CredentialField: DraftCredential] = [:]
        while let name = reader.text(), let sealed = reader.bytes() {
            let source = reader.source()
            if let field = CredentialField(rawValue: name) {
                credentials[field] = DraftCredential(sealed: sealed, source: source)
            }
        }
        return credentials
    }
}
