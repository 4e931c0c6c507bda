import Accounts
import Cryptography
package import Postgres

/// What an exchange of master keys did.
package struct MasterKeyRotation: Sendable {
    /// Data keys that were wrapped anew.
    package fileprivate(set) var rewrapped = 0
    /// Tenants whose data key no key of the ring opens; it was left as it is.
    package fileprivate(set) var failed: [UUID] = []
}

extension MasterKeyStore {
    /// Wraps every data key that another than the active master key wraps by the active one.
    ///
    /// Works in transactions of `batch` rows, each locked while it is exchanged, with a `pause` after
    /// each. Killed at any moment it leaves every row as it was or exchanged; started again it goes on
    /// with the rest. `onProgress` hears how many were exchanged, and how many there are to exchange.
    package func rotate(
        batch: Int,
        pause: Duration = .zero,
        onProgress: (Int, Int) -> Void
    ) async throws -> MasterKeyRotation {
        var rotation = MasterKeyRotation()
        let total = try await remaining()
        guard total > 0 else { return rotation }
        try await recordAlone("keys.rotationStarted")
        while true {
            let before = rotation.rewrapped
            rotation.failed = []
            try await pass(batch, pause, &rotation) { onProgress($0, total) }
            // A process that has not read the new ring yet may have added some behind us.
            let left = try await remaining()
            if left <= rotation.failed.count || rotation.rewrapped == before { break }
        }
        try await recordAlone("keys.rotated")
        return rotation
    }

    private func pass(
        _ size: Int,
        _ pause: Duration,
        _ rotation: inout MasterKeyRotation,
        _ onProgress: (Int) -> Void
    ) async throws {
        var last: UUID?
        while true {
            let batch = try await exchange(after: last, size)
            guard let end = batch.last else { return }
            last = end
            rotation.rewrapped += batch.rewrapped
            rotation.failed += batch.failed
            onProgress(rotation.rewrapped)
            if pause > .zero { try await Task.sleep(for: pause) }
        }
    }

    private struct Batch: Sendable {
        var last: UUID?
        var rewrapped = 0
        var failed: [UUID] = []
    }

    /// One transaction; rows that somebody else exchanged meanwhile are not among those it gets.
    private func exchange(after last: UUID?, _ size: Int) async throws -> Batch {
        try await database.transaction(.masterKeys) { transaction in
            let rows = try await transaction.rows(
                """
                SELECT tenant_id, wrapped, master_key_id FROM data_keys
                WHERE master_key_id <> $1 AND ($2::uuid IS NULL OR tenant_id > $2::uuid)
                ORDER BY tenant_id LIMIT $3::int FOR UPDATE
                """,
                [keys.activeID.text, last, size]
            ) {
                WrappedKey(
                    tenant: try $0.value(0),
                    bytes: try $0.value(1),
                    masterKey: try $0.value(2)
                )
            }
            var batch = Batch(last: rows.last?.tenant)
            var tenants: [UUID] = []
            var wrapped: [String] = []
            for row in rows {
                do {
                    wrapped.append(Hexadecimal.encode(try rewrap(row)))
                    tenants.append(row.tenant)
                } catch is CryptographyError {
                    batch.failed.append(row.tenant)
                }
            }
            guard !tenants.isEmpty else { return batch }
            batch.rewrapped = try await transaction.execute(
                """
                UPDATE data_keys d SET wrapped = decode(n.wrapped, 'hex'), master_key_id = $1
                FROM unnest($2::uuid[], $3::text[]) n (tenant_id, wrapped)
                WHERE d.tenant_id = n.tenant_id
                """,
                [keys.activeID.text, tenants, wrapped]
            )
            return batch
        }
    }

    private func rewrap(_ row: WrappedKey) throws -> [UInt8] {
        try unwrap(row).wrap(with: keys, tenant: row.tenant.description, random: random)
    }

    private func remaining() async throws -> Int {
        try await database.read(
            .masterKeys,
            Statement(
                "SELECT count(*) FROM data_keys WHERE master_key_id <> $1",
                [keys.activeID.text]
            ) { try $0.value(0, as: Int.self) }
        ).first ?? 0
    }

    private func recordAlone(_ action: String) async throws {
        try await database.transaction(.masterKeys) { transaction in
            try await record(action, keys.activeID, in: transaction)
        }
    }
}
