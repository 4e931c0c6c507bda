package import Postgres

extension TestLog {
    /// Whether a test send with these values was accepted, within the tenant of the transaction.
    package static func hasProof(of fingerprint: [UInt8]) -> Statement<Bool> {
        Statement(
            """
            SELECT EXISTS (
                SELECT 1 FROM test_runs
                WHERE tenant_id = current_tenant() AND fingerprint = $1 AND outcome = 'accepted'
                    AND kind = 'send'
            )
            """,
            [fingerprint]
        ) { try $0.value(0) }
    }
}
