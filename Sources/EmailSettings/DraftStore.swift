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
            SELECT fields, username, password, updated_at FROM form_drafts
            WHERE tenant_id = $1::uuid AND user_id = $2::uuid AND form = $3
                AND updated_at > now() - interval '12 hours'
            """,
            [scope.tenant.id, scope.actor.id, form.text]
        ) {
            SealedDraft(
                form: form,
                fields: try $0.value(0),
                username: try $0.value(1),
                password: try $0.value(2),
                updatedAt: try $0.value(3)
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
                username: sealed.username,
                password: sealed.password
            )
        }
    }

    /// Keeps `fields` and the credentials typed with them; credentials of an earlier draft stay
    /// when the form keeps them.
    package func keep(
        _ fields: [String: String],
        _ changes: CredentialChanges,
        of draft: ProfileDraft?,
        as form: DraftForm,
        _ scope: TenantScope
    ) async throws {
        guard let person = scope.actor.id else { return }
        try await database.transaction(scope.writing) { transaction in
            let key = try await secrets.key(of: scope.tenant.id, in: transaction)
            let sealed = try key.seal(
                Redacted(Self.encode(fields)),
                purpose: "draft",
                fields: [person.description, form.text]
            )
            let name = person.description
            let username = try Self.value(changes.username).map {
                try key.seal(
                    $0,
                    purpose: "draftCredential",
                    fields: [name] + (draft?.usernameDestination.fields ?? [])
                )
            }
            let password = try Self.value(changes.password).map {
                try key.seal(
                    $0,
                    purpose: "draftCredential",
                    fields: [name]
                        + (draft?.passwordDestination(username: Self.value(changes.username))
                            .fields ?? [])
                )
            }
            _ = try await transaction.execute(
                """
                INSERT INTO form_drafts (tenant_id, user_id, form, fields, username, password)
                VALUES ($1::uuid, $2::uuid, $3, $4, $5, $6)
                ON CONFLICT (tenant_id, user_id, form) DO UPDATE SET fields = excluded.fields,
                    username = excluded.username, password = excluded.password,
                    updated_at = now()
                """,
                [scope.tenant.id, person, form.text, sealed, username, password]
            )
        }
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
        guard let kept, let person = scope.actor.id?.description else { return changes }
        return try await database.transaction(scope.writing) { transaction in
            let key = try await secrets.key(of: scope.tenant.id, in: transaction)
            var errors: [FieldError] = []
            let username = try Self.resolve(
                changes.username,
                kept.username,
                key,
                [person] + draft.usernameDestination.fields,
                "username",
                &errors
            )
            let destination = draft.passwordDestination(username: Self.value(username))
            let password = try Self.resolve(
                changes.password,
                kept.password,
                key,
                [person] + destination.fields,
                "password",
                &errors
            )
            guard errors.isEmpty else { throw FormRejection(errors) }
            return CredentialChanges(username: username, password: password)
        }
    }

    private static func resolve(
        _ change: CredentialChange,
        _ sealed: [UInt8]?,
        _ key: TenantKey,
        _ fields: [String],
        _ field: String,
        _ errors: inout [FieldError]
    ) throws -> CredentialChange {
        guard case .keep = change, let sealed else { return change }
        do {
            return .replace(
                try key.open(sealed, purpose: "draftCredential", fields: fields)
            )
        } catch SecretsError.destinationChanged {
            errors.append(.destinationChanged(field))
            return .keep
        }
    }

    private static func value(_ change: CredentialChange) -> Redacted<[UInt8]>? {
        if case .replace(let value) = change { value } else { nil }
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
}
