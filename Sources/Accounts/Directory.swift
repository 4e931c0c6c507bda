package import Cryptography
package import Postgres

/// Makes tenants and people; the command line and the demo use it.
package struct Directory: Sendable {
    private let database: Database
    private let audit: AuditTrail
    private let hasher: PasswordHasher
    private let random: RandomSource

    package init(
        database: Database,
        audit: AuditTrail,
        hasher: PasswordHasher,
        random: RandomSource
    ) {
        self.database = database
        self.audit = audit
        self.hasher = hasher
        self.random = random
    }

    /// All tenants by name; at most 10,000.
    package func tenants() async throws -> [Tenant] {
        try await database.read(
            .platformOperator,
            Statement(
                "SELECT id, slug, name, edition FROM tenants ORDER BY name, id LIMIT 10000",
                [],
                Tenant.init(row:)
            )
        )
    }

    package func tenant(_ slug: TenantSlug) async throws -> Tenant? {
        try await database.read(
            .platformOperator,
            Statement(
                "SELECT id, slug, name, edition FROM tenants WHERE slug = $1",
                [slug.text],
                Tenant.init(row:)
            )
        ).first
    }

    /// Throws: a unique violation when the slug is taken.
    package func createTenant(
        _ slug: TenantSlug,
        name: String,
        edition: Edition
    ) async throws -> Tenant {
        let tenant = Tenant(id: UUID(random: random), slug: slug, name: name, edition: edition)
        try await database.transaction(.platformOperator) { transaction in
            _ = try await transaction.execute(
                "INSERT INTO tenants (id, slug, name, edition) VALUES ($1::uuid, $2, $3, $4)",
                [tenant.id, slug.text, name, edition.rawValue]
            )
            try await audit.record(
                AuditEntry("tenant.created", of: slug.text),
                by: .commandLine,
                tenant: tenant.id,
                in: transaction
            )
        }
        return tenant
    }

    package func hasPerson(email: String) async throws -> Bool {
        try await database.read(
            .anonymousReading,
            Statement("SELECT id FROM users WHERE email = $1", [email.lowercased()]) {
                try $0.value(0, as: UUID.self)
            }
        ).first != nil
    }

    /// Makes a person; blocks for the time of one password hash.
    ///
    /// Throws: a unique violation when the address is taken.
    package func createPerson(
        email: String,
        name: String,
        password: SecretBytes,
        platformRole: PlatformRole?
    ) async throws -> Person {
        let person = Person(
            id: UUID(random: random),
            email: email.lowercased(),
            name: name,
            platformRole: platformRole
        )
        let hash = try hasher.hash(password)
        try await database.transaction(.platformOperator) { transaction in
            _ = try await transaction.execute(
                """
                INSERT INTO users (id, email, name, password_hash, platform_role)
                VALUES ($1::uuid, $2, $3, $4, $5)
                """,
                [person.id, person.email, name, hash, platformRole?.rawValue]
            )
            try await audit.record(
                AuditEntry("user.created", of: person.email),
                by: .commandLine,
                tenant: nil,
                in: transaction
            )
        }
        return person
    }

    /// Gives a person a role in a tenant, or another role.
    package func join(_ person: Person, _ tenant: Tenant, as role: Role) async throws {
        let scope = Authoriser.commandLine(for: tenant)
        try await database.transaction(scope.writing) { transaction in
            _ = try await transaction.execute(
                """
                INSERT INTO memberships (tenant_id, user_id, role)
                VALUES ($1::uuid, $2::uuid, $3)
                ON CONFLICT (tenant_id, user_id) DO UPDATE SET role = excluded.role
                """,
                [tenant.id, person.id, role.rawValue]
            )
            try await audit.record(
                AuditEntry(
                    "membership.set",
                    of: person.email,
                    changes: [AuditChange("role", old: "", new: role.rawValue)]
                ),
                in: scope,
                transaction
            )
        }
    }
}
