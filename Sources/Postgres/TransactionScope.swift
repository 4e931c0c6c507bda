/// For whom a transaction acts: settings that row-level security reads, gone with its end.
package struct TransactionScope: Sendable {
    package let settings: [(name: StaticString, value: String)]
    /// Whether the server refuses changes.
    package let readOnly: Bool

    package init(settings: [(name: StaticString, value: String)], readOnly: Bool) {
        self.settings = settings
        self.readOnly = readOnly
    }

    /// The statements that begin a transaction that `COMMIT` or `ROLLBACK` ends.
    var beginning: [Command] {
        [Command(readOnly ? "BEGIN READ ONLY" : "BEGIN")] + Self.set(settings)
    }

    /// The statements that begin a read that the end of its round trip ends.
    ///
    /// The server treats what comes in one round trip as one transaction, so neither `BEGIN` nor
    /// `COMMIT` is needed.
    var beginningOfRead: [Command] {
        Self.set([("transaction_read_only", "on")] + settings)
    }

    private static func set(_ settings: [(name: StaticString, value: String)]) -> [Command] {
        stride(from: 0, to: settings.count, by: 5).map { start in
            let chunk = settings[start..<min(start + 5, settings.count)]
            let binds = chunk.flatMap { [$0.name.description, $0.value] }
            return Command(setConfig(chunk.count), binds)
        }
    }

    private static func setConfig(_ count: Int) -> StaticString {
        switch count {
        case 1: "SELECT set_config($1,$2,true)"
        case 2: "SELECT set_config($1,$2,true),set_config($3,$4,true)"
        case 3: "SELECT set_config($1,$2,true),set_config($3,$4,true),set_config($5,$6,true)"
        case 4:
            """
            SELECT set_config($1,$2,true),set_config($3,$4,true),set_config($5,$6,true),\
            set_config($7,$8,true)
            """
        default:
            """
            SELECT set_config($1,$2,true),set_config($3,$4,true),set_config($5,$6,true),\
            set_config($7,$8,true),set_config($9,$10,true)
            """
        }
    }
}
