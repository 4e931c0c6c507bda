package import Accounts
import Cryptography
import EmailSettings
package import Postgres
package import Secrets

/// Finds what a tenant depends on and when it ends.
package struct ExpiryRadar: Sendable {
    private let database: Database
    private let certificates: CertificateStore
    private let clock: @Sendable () -> Timestamp

    /// Things of one kind that one look finds.
    private static let limit = 500

    package init(
        database: Database,
        certificates: CertificateStore,
        clock: @escaping @Sendable () -> Timestamp = { .now() }
    ) {
        self.database = database
        self.certificates = certificates
        self.clock = clock
    }

    package var now: Timestamp { clock() }

    /// Everything that ends or may fail: what has failed first, then by the end, if it has one.
    ///
    /// Certificates in files that are not cached are read for it.
    package func all(_ scope: TenantScope) async throws -> [Expiration] {
        guard scope.tenant.edition == .onPremises else { return [] }
        let (secrets, tokens, authorizations, uses) = try await database.read(
            scope.reading,
            Self.secrets(scope),
            Self.tokens(scope),
            AuthorizationState.find(in: scope),
            Self.uses(scope)
        )
        let stored = try await certificates.list(scope)
        let now = now
        let used = Dictionary(grouping: uses, by: \.thing).mapValues { $0.map(\.use) }
        func made(_ kind: Expiration.Kind, _ dated: Dated) -> Expiration {
            Expiration(
                kind,
                dated.id,
                dated.name,
                end: dated.end,
                uses: used[Thing(kind: kind, id: dated.id)] ?? []
            )
        }
        let found =
            secrets.map { made(.namedSecret, $0) } + tokens.map { made(.providerToken, $0) }
            + stored.compactMap { certificate in
                Expiration(
                    certificate,
                    used[Thing(kind: .certificate, id: certificate.id)] ?? []
                )
            } + authorizations.map { Expiration($0, at: now) }
        return found.sorted { Self.isBefore($0, $1) }
    }

    /// What is in use, and ended, failed, or ends within 60 days.
    package func warnings(_ scope: TenantScope) async throws -> [Expiration] {
        let now = now
        return try await all(scope).filter { $0.isWarning(at: now) }
    }

    private static func isBefore(_ left: Expiration, _ right: Expiration) -> Bool {
        let isFailed = (left.failure != nil, right.failure != nil)
        if isFailed.0 != isFailed.1 { return isFailed.0 }
        let ends = (left.end?.microseconds ?? .max, right.end?.microseconds ?? .max)
        if ends.0 != ends.1 { return ends.0 < ends.1 }
        return (left.name.lowercased(), left.id.description) < (
            right.name.lowercased(), right.id.description
        )
    }

    // MARK: - Statements

    private struct Thing: Hashable {
        let kind: Expiration.Kind
        let id: UUID
    }

    private struct Dated {
        let id: UUID
        let name: String
        let end: Timestamp?

        init(row: Row) throws {
            id = try row.value(0)
            name = try row.value(1)
            end = try row.value(2)
        }
    }

    /// A secret is good through the whole day on which it expires.
    private static func secrets(_ scope: TenantScope) -> Statement<Dated> {
        Statement(
            """
            SELECT id, name,
                (expires_on + 1)::timestamp AT TIME ZONE 'UTC' - interval '1 second'
            FROM named_secrets WHERE tenant_id = $1::uuid AND expires_on IS NOT NULL
            ORDER BY expires_on LIMIT $2::int
            """,
            [scope.tenant.id, limit],
            Dated.init(row:)
        )
    }

    /// The end of tokens that people gave to providers; those that a provider gives are renewed at
    /// each use.
    private static func tokens(_ scope: TenantScope) -> Statement<Dated> {
        Statement(
            """
            SELECT v.id, v.name, v.token_expires_at
            FROM secret_providers v
            JOIN named_secret_uses u
                ON u.tenant_id = v.tenant_id AND u.provider_id = v.id AND u.field = 'credentials'
            JOIN named_secrets s
                ON s.tenant_id = u.tenant_id AND s.id = u.secret_id AND s.kind = 'token'
            WHERE v.tenant_id = $1::uuid AND v.token_expires_at IS NOT NULL
            ORDER BY v.token_expires_at LIMIT $2::int
            """,
            [scope.tenant.id, limit],
            Dated.init(row:)
        )
    }

    private static func uses(
        _ scope: TenantScope
    ) -> Statement<(thing: Thing, use: ExpiryUse)> {
        Statement(
            """
            WITH uses (kind, thing, profile, provider, field) AS (
                SELECT 'namedSecret', secret_id, profile_id, provider_id, field
                FROM named_secret_uses WHERE tenant_id = $1::uuid
                UNION
                SELECT 'namedSecret', named_secret_id, profile_id, NULL, field
                FROM profile_credentials
                WHERE tenant_id = $1::uuid AND named_secret_id IS NOT NULL
                UNION
                SELECT 'certificate', certificate_id, profile_id, provider_id, field
                FROM certificate_uses WHERE tenant_id = $1::uuid
                UNION
                SELECT 'providerToken', provider_id, profile_id, NULL, field
                FROM profile_credentials WHERE tenant_id = $1::uuid AND provider_id IS NOT NULL
            )
            SELECT u.kind, u.thing, CASE WHEN v.id IS NULL THEN 'profile' ELSE 'provider' END,
                coalesce(v.id, p.id), coalesce(v.name, p.name), u.field
            FROM uses u
            LEFT JOIN email_profiles p ON p.tenant_id = $1::uuid AND p.id = u.profile
            LEFT JOIN secret_providers v ON v.tenant_id = $1::uuid AND v.id = u.provider
            WHERE p.id IS NOT NULL OR v.id IS NOT NULL
            ORDER BY lower(coalesce(v.name, p.name)), u.field
            """,
            [scope.tenant.id]
        ) { row in
            guard let kind = Expiration.Kind(rawValue: try row.value(0)),
                let user = ExpiryUse.Kind(rawValue: try row.value(2))
            else { throw SecretsError.damaged }
            return (
                thing: Thing(kind: kind, id: try row.value(1)),
                use: ExpiryUse(
                    kind: user,
                    id: try row.value(3),
                    name: try row.value(4),
                    field: try row.value(5)
                )
            )
        }
    }
}

extension Expiration {
    /// Nil for a request, which waits for its certificate, and for one that nothing uses and that
    /// cannot be read.
    fileprivate init?(_ stored: StoredCertificate, _ uses: [ExpiryUse]) {
        // A certificate's times lie in the years 0 to 9999.
        let end = stored.certificates.first.map {
            Timestamp(microseconds: $0.notAfter &* 1_000_000)
        }
        var failure: Failure?
        if case .unreadable(let reason) = stored.problem, !uses.isEmpty {
            failure = Failure(since: nil, text: "The certificate cannot be read. \(reason)")
        }
        guard stored.kind != .request, end != nil || failure != nil else { return nil }
        self.init(.certificate, stored.id, stored.name, end: end, failure: failure, uses: uses)
    }

    /// Nobody says when an authorization ends; that it was refused is known.
    fileprivate init(_ state: AuthorizationState, at now: Timestamp) {
        let failing = state.needsAttention(at: now) ? state.failing : nil
        self.init(
            .authorization,
            state.profile,
            state.profileName,
            end: nil,
            failure: failing.map {
                Failure(since: $0.since, text: "\($0.cause) \($0.advice)")
            },
            succeededAt: state.succeededAt,
            uses: [
                ExpiryUse(
                    kind: .profile,
                    id: state.profile,
                    name: state.profileName,
                    field: CredentialField.refreshToken.rawValue
                )
            ]
        )
    }
}
