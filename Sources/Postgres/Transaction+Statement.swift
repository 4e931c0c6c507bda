extension Transaction {
    /// The one row of a prepared `Statement`, or nil.
    ///
    /// Throws: as `rows`, and when there is more than one row.
    package func first<Output: Sendable>(_ statement: Statement<Output>) async throws -> Output? {
        let rows = try await all(statement)
        guard rows.count <= 1 else {
            throw Self.unexpected(rows.count, "at most 1")
        }
        return rows.first
    }
}
