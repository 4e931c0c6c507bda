package import Accounts
import Cryptography
package import Postgres

/// How a profile of the list was proven, last.
package struct ProfileProof: Sendable, Equatable {
    package let status: TestStatus
    /// Whether the test used exactly the saved values.
    package let isSame: Bool
}

extension TestLog {
    /// How each of the profiles was proven last; nothing for one that was never tested.
    ///
    /// A test of the same values counts before a newer one of others, as on the profile's page.
    package func proofs(
        of profiles: [(id: UUID, fingerprint: [UInt8])],
        in scope: TenantScope
    ) async throws -> [UUID: ProfileProof] {
        let found = try await database.read(
            scope.reading,
            Statement(
                """
                SELECT wanted.id, proof.status, proof.same
                FROM unnest($2::uuid[], $3::text[]) AS wanted (id, fingerprint)
                CROSS JOIN LATERAL (
                    SELECT status, same FROM (
                        (SELECT coalesce(outcome, test_state(id)) AS status,
                            fingerprint = decode(wanted.fingerprint, 'hex') AS same, 1 AS place
                        FROM test_runs
                        WHERE tenant_id = $1::uuid AND profile_id = wanted.id
                        ORDER BY queued_at DESC, id DESC LIMIT 1)
                        UNION ALL
                        (SELECT outcome, true, 2 FROM test_runs
                        WHERE tenant_id = $1::uuid AND outcome = 'accepted'
                            AND fingerprint = decode(wanted.fingerprint, 'hex')
                        ORDER BY queued_at DESC LIMIT 1)
                    ) AS candidates ORDER BY same DESC, place LIMIT 1
                ) AS proof
                """,
                [
                    scope.tenant.id, profiles.map(\.id),
                    profiles.map { Hexadecimal.encode($0.fingerprint) },
                ]
            ) { row -> (UUID, ProfileProof) in
                let status: String = try row.value(1)
                guard let status = TestStatus(rawValue: status) else {
                    throw TestSendsError.damaged("status")
                }
                return (try row.value(0), ProfileProof(status: status, isSame: try row.value(2)))
            }
        )
        return Dictionary(found) { first, _ in first }
    }
}
