import Postgres
import SMTP
import SecretProviders
import Secrets

extension JSON {
    /// A provider as it can be sent back.
    init(_ provider: StoredProvider) {
        let head: JSON = [
            "id": .string(provider.id.description),
            "name": .string(provider.name),
            "kind": .string(provider.kind.rawValue),
        ]
        let fields = ProviderFields.all.map {
            JSON.Member($0.name, .optional(provider.values[$0.name]))
        }
        self = head.adding(.object(fields)).adding([
            "lastCheck": .standing(provider),
            "tokenExpiresAt": .time(provider.tokenExpiresAt),
            "entries": .array(provider.entries.map { JSON($0) }),
            "uses": .array(provider.uses.map { JSON($0) }),
            "version": .number(provider.version),
            "updatedAt": .time(provider.updatedAt),
            "updatedBy": .string(provider.updatedBy),
        ])
    }

    /// A row of the list.
    init(_ provider: StoredProvider, slug: String) {
        let id = provider.id.description
        self = [
            "id": .string(id),
            "name": .string(provider.name),
            "kind": .string(provider.kind.rawValue),
            "url": .string(provider.values["url"] ?? ""),
            "lastCheck": .standing(provider),
            "uses": .array(provider.uses.map { JSON($0) }),
            "links": ["self": .string(APIPath.provider.url(slug, id))],
        ]
    }

    init(_ entry: ProviderEntry) {
        let members = entry.reference.values.sorted { $0.key < $1.key }.map {
            JSON.Member($0.key, .string($0.value))
        }
        self = [
            "id": .string(entry.id.description),
            "name": .string(entry.name),
            "reference": .object(members),
        ]
    }

    init(_ check: ProviderCheck) {
        self = [
            "reaches": .answer(check.reaches),
            "authenticates": .answer(check.authenticates),
            "reads": .answer(check.reads),
            "tokenExpiresAt": check.tokenExpiresAt.map { .string($0.text) } ?? .null,
            "facts": .object(check.facts.map { JSON.Member($0.name, $0.value) }),
            "lines": .array(
                check.lines.map {
                    [
                        "from": .string($0.from == .us ? "us" : "provider"),
                        "text": .string($0.text),
                    ]
                }
            ),
        ]
    }

    private init(_ use: ProviderUse) {
        self = [
            "profile": .string(use.profileID.description),
            "name": .string(use.profileName),
            "field": .string(use.field),
        ]
    }

    private static func standing(_ provider: StoredProvider) -> JSON {
        guard let check = provider.lastCheck else { return .null }
        return ["at": .time(check.at), "failure": .optional(check.failure)]
    }

    private static func answer(_ answer: ProviderCheck.Answer) -> JSON {
        switch answer {
        case .ok: ["outcome": "ok", "verdict": nil]
        case .failed(let failure): ["outcome": "failed", "verdict": failure.verdict.json]
        case .notTried: ["outcome": "notTried", "verdict": nil]
        }
    }
}
