import Cryptography
import Observability
import Postgres
import Secrets
import Synchronization
import TestSupport
import Testing

@testable import Accounts

/// Secrets of many tenants, and what they are.
final class SecretPopulation: Sendable {
    struct Entry: Sendable {
        let tenant: UUID
        let id: UUID
        let value: String
    }

    static let destination = Destination(["relay.example", "465", "implicit"])
    private let scene: KeyScene
    private let entries = Mutex<[Entry]>([])

    init(_ scene: KeyScene) {
        self.scene = scene
    }

    var count: Int { entries.withLock(\.count) }
    var all: [Entry] { entries.withLock { $0 } }
    var any: Entry? { entries.withLock { $0.randomElement() } }

    static func scope(_ tenant: UUID) throws -> TenantScope {
        Authoriser.commandLine(
            for: Tenant(
                id: tenant,
                slug: try #require(TenantSlug("t")),
                name: "t",
                edition: .onPremises
            )
        )
    }

    /// Makes `count` tenants past the wall; gives their ids.
    func makeTenants(_ count: Int) throws -> [UUID] {
        let ids = (0..<count).map { _ in UUID(random: .system) }
        let values = ids.map { "('\($0)', 't-\($0)', 'T', 'onPremises')" }
        for start in stride(from: 0, to: count, by: 500) {
            let some = values[start..<min(start + 500, count)].joined(separator: ",")
            try scene.home.arrange(
                "INSERT INTO tenants (id, slug, name, edition) VALUES \(some)"
            )
        }
        return ids
    }

    /// Seals `count` secrets of a tenant with the ring.
    func add(_ count: Int, to tenant: UUID, _ ring: MasterKeyRing) async throws {
        let secrets = SecretStore(keys: ring, random: .system)
        let scope = try Self.scope(tenant)
        let made = try await scene.database.transaction(scope.writing) { transaction in
            let key = try await secrets.key(of: tenant, in: transaction)
            var made: [Entry] = []
            for _ in 0..<count {
                let value = RandomSource.system.token(bytes: 18)
                let id = try await secrets.add(
                    .password,
                    Redacted(Array(value.utf8)),
                    for: Self.destination,
                    key: key,
                    in: scope,
                    transaction
                )
                made.append(Entry(tenant: tenant, id: id, value: value))
            }
            return made
        }
        entries.withLock { $0 += made }
    }

    /// Fills the tenants, several at a time.
    func fill(_ tenants: [UUID], each count: Int, _ ring: MasterKeyRing) async throws {
        try await inTurns(tenants) { try await self.add(count, to: $0, ring) }
    }

    /// Opens one with the ring; throws when it cannot be opened.
    func open(_ entry: Entry, _ ring: MasterKeyRing) async throws -> String {
        let secrets = SecretStore(keys: ring, random: .system)
        let scope = try Self.scope(entry.tenant)
        return try await scene.database.transaction(scope.reading) { transaction in
            let key = try await secrets.key(of: entry.tenant, in: transaction)
            return try await secrets.open(
                entry.id,
                for: Self.destination,
                key: key,
                in: transaction
            ).reveal { String(decoding: $0, as: UTF8.self) }
        }
    }

    /// How many of all do not open with the ring, or are something else.
    func unreadable(_ ring: MasterKeyRing) async throws -> Int {
        let wrong = Mutex(0)
        try await inTurns(all) { entry in
            let isRight: Bool
            do {
                isRight = try await self.open(entry, ring) == entry.value
            } catch is SecretsError {
                isRight = false
            }
            if !isRight { wrong.withLock { $0 += 1 } }
        }
        return wrong.withLock { $0 }
    }

    private func inTurns<Element: Sendable>(
        _ elements: [Element],
        _ work: @escaping @Sendable (Element) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for turn in 0..<8 {
                group.addTask {
                    for index in stride(from: turn, to: elements.count, by: 8) {
                        try await work(elements[index])
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}
