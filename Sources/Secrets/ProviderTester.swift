package import Accounts
package import Postgres
import SMTP
package import SecretProviders
import Sockets

/// Asks a provider, as it is saved, at the request of a person.
package struct ProviderTester: Sendable {
    private let store: ProviderStore
    private let client: ProviderClient

    /// How long one test may take, with all its requests.
    package static let timeLimit: Duration = .seconds(20)

    package init(store: ProviderStore, client: ProviderClient) {
        self.store = store
        self.client = client
    }

    /// Whether the provider can be reached, lets us in, and gives the secret that is named; what came
    /// of it is written down.
    ///
    /// Call from a task of an event loop. Throws: `ProviderRefusal` when it cannot be opened,
    /// `AccountsError.notFound`.
    package func test(
        _ id: UUID,
        reading reference: SecretReference?,
        _ scope: TenantScope
    ) async throws -> ProviderCheck {
        let loop = try Self.loop()
        let opened = try await opened(id, scope)
        let check = await client.check(
            opened.settings,
            reading: reference,
            on: loop,
            until: .after(Self.timeLimit)
        )
        try await store.recordTest(
            of: opened,
            reading: reference,
            failure: check.failure?.code,
            tokenExpiresAt: check.tokenExpiresAt.map {
                Timestamp(microseconds: $0.unixMilliseconds * 1000)
            },
            scope
        )
        return check
    }

    /// The keys that a secret of HashiCorp Vault has, without their values.
    ///
    /// Throws: as `test`, and for another kind of provider.
    package func keys(
        of id: UUID,
        at reference: SecretReference,
        _ scope: TenantScope
    ) async throws -> Result<[String], ProviderFailure> {
        let loop = try Self.loop()
        let opened = try await opened(id, scope)
        guard opened.settings.kind == .hashiCorpVault else {
            throw ProviderRefusal(
                "kind",
                "noKeys",
                "Only secrets of HashiCorp Vault have keys to be listed."
            )
        }
        return await client.keys(
            at: reference,
            in: opened.settings,
            on: loop,
            until: .after(Self.timeLimit)
        )
    }

    /// The loop that answers the request.
    private static func loop() throws -> EventLoop {
        guard let loop = EventLoop.current else {
            throw ProviderRefusal(
                "provider",
                "busy",
                "The provider cannot be asked now. Try again."
            )
        }
        return loop
    }

    private func opened(_ id: UUID, _ scope: TenantScope) async throws -> OpenedProvider {
        let opened = try await store.open(id, scope)
        try await store.named.markUsed(opened.secrets, scope.writing)
        return opened
    }
}
