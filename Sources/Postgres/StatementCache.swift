/// Which statements one connection has prepared, and under which names.
///
/// The key is the address of the statement's literal. What comes after the limit is sent
/// unprepared each time.
struct StatementCache {
    /// The most statements that one connection keeps; each costs memory in its server process.
    static let standardLimit = 256

    enum Preparation {
        /// Known to the server under this name.
        case prepared(name: [CChar])
        /// To be prepared under this name now; `confirm` when the server has done it.
        case new(name: [CChar])
        /// Not worth or not possible to prepare.
        case unprepared
    }

    private struct Entry {
        let name: [CChar]
        var isConfirmed: Bool
    }

    private let limit: Int
    private var entries: [UInt: Entry] = [:]
    private var made = 0

    init(limit: Int = standardLimit) {
        self.limit = limit
    }

    var count: Int { entries.count }

    mutating func preparation(of sql: StaticString) -> Preparation {
        guard let key = Self.key(of: sql) else { return .unprepared }
        if let entry = entries[key] {
            return .prepared(name: entry.name)
        }
        guard entries.count < limit else { return .unprepared }
        made += 1
        let name = "s\(made)".utf8CString.map { $0 }
        entries[key] = Entry(name: name, isConfirmed: false)
        return .new(name: name)
    }

    mutating func confirm(_ sql: StaticString) {
        guard let key = Self.key(of: sql) else { return }
        entries[key]?.isConfirmed = true
    }

    /// Forgets what a failed round trip was to prepare and did not.
    mutating func removeUnconfirmed() {
        entries = entries.filter(\.value.isConfirmed)
    }

    private static func key(of sql: StaticString) -> UInt? {
        sql.hasPointerRepresentation ? UInt(bitPattern: sql.utf8Start) : nil
    }
}
