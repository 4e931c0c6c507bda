/// One SQL statement with its values and the way to read its rows.
///
/// The text is a `StaticString`, so that nothing read at run time can become SQL.
package struct Statement<Output: Sendable>: Sendable {
    let sql: StaticString
    let binds: [any SQLEncodable]
    let decode: @Sendable (Row) throws -> Output

    package init(
        _ sql: StaticString,
        _ binds: [any SQLEncodable] = [],
        _ decode: @escaping @Sendable (Row) throws -> Output
    ) {
        self.sql = sql
        self.binds = binds
        self.decode = decode
    }

    /// The same with another reading of its rows.
    package func map<Other: Sendable>(
        _ transform: @escaping @Sendable (Output) -> Other
    ) -> Statement<Other> {
        Statement<Other>(sql, binds) { [decode] in transform(try decode($0)) }
    }

    /// The same, where `other` reads a row that its own reading refuses.
    package func orElse<Other: Sendable>(
        _ transform: @escaping @Sendable (Output) -> Other,
        _ other: @escaping @Sendable (Row) throws -> Other
    ) -> Statement<Other> {
        Statement<Other>(sql, binds) { [decode] row in
            do { return transform(try decode(row)) } catch { return try other(row) }
        }
    }

    var command: Command { Command(sql, binds) }

    func rows(_ result: QueryResult?) throws -> [Output] {
        guard let result else {
            throw PostgresError(.protocolViolation, "a statement without an answer")
        }
        return try result.map(decode)
    }
}

extension Statement where Output == Void {
    /// A statement whose rows, if any, are of no interest.
    package init(_ sql: StaticString, _ binds: [any SQLEncodable] = []) {
        self.init(sql, binds) { _ in }
    }
}

/// What goes to the server for one statement.
struct Command {
    let sql: StaticString
    let binds: [any SQLEncodable]

    init(_ sql: StaticString, _ binds: [any SQLEncodable] = []) {
        self.sql = sql
        self.binds = binds
    }
}
