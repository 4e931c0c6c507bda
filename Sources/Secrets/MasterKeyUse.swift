import Postgres

/// How many values of one place a master key sealed directly.
package struct MasterKeyUse: Sendable, Equatable {
    /// The table.
    package let place: String
    /// The key's name; empty when a value does not say it.
    package let key: String
    package let rows: Int

    static let all = Statement(
        """
        SELECT place, coalesce(master_key_id, ''), rows FROM master_key_uses
        ORDER BY place, master_key_id
        """
    ) { MasterKeyUse(place: try $0.value(0), key: try $0.value(1), rows: try $0.value(2)) }
}

extension Sequence<MasterKeyUse> {
    /// `12 in data_keys, 1 in platform_relay`.
    package var words: String {
        map { "\($0.rows) in \($0.place)" }.joined(separator: ", ")
    }
}
