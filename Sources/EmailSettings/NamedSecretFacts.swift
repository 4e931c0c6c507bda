import Postgres
import SMTP
import SecretProviders

/// What may be known of a named secret.
struct NamedSecretFacts: Sendable {
    let id: UUID
    let name: String
    let kind: NamedSecretKind
    /// The servers it may be sent to, in lower case.
    let hosts: [String]
    /// Of the value.
    let version: Int
    private let details: [String: String]

    subscript(detail: NamedSecretDetail) -> String { details[detail.rawValue] ?? "" }

    /// Those of the current tenant that are among `ids`.
    static func among(_ ids: [UUID]) -> Statement<NamedSecretFacts> {
        Statement(
            """
            SELECT id, name, kind, hosts, version, details::text FROM named_secrets
            WHERE tenant_id = current_tenant() AND id = ANY ($1::uuid[])
            """,
            [ids]
        ) { row in
            guard let kind = NamedSecretKind(rawValue: try row.value(2)) else {
                throw StoredProfileError.damaged
            }
            let json = try JSON(parsing: Array(try row.value(5, as: String.self).utf8))
            let details = (json.members ?? []).compactMap { member in
                member.value.text.map { (member.name, $0) }
            }
            return NamedSecretFacts(
                id: try row.value(0),
                name: try row.value(1),
                kind: kind,
                hosts: try row.value(3),
                version: try row.value(4),
                details: Dictionary(details) { $1 }
            )
        }
    }
}
