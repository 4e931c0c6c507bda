package import Accounts
package import EmailSettings
import Jobs
package import Logging
import Postgres
import SMTP
package import Sockets
package import TestSends

/// The background work about what ends: tries authorizations before mail needs them, and tells
/// webhooks.
///
/// Any number of processes may do this at the same time.
package final class ExpiryService: Sendable {
    private let authoriser: Authoriser
    private let radar: ExpiryRadar
    private let notices: ExpiryNotices
    private let webhooks: ExpiryWebhookStore
    private let profiles: ProfileStore
    private let turns: AuthorizationTurns
    private let authorizations: AuthorizationTry
    private let loop: EventLoop
    private let logger: Logger

    /// How often it looks whether something is due.
    private static let interval: Duration = .seconds(60)
    /// Between two tries of an authorization that is good, or refused.
    private static let day: Duration = .seconds(86_400)
    /// After a failure that may pass.
    private static let hour: Duration = .seconds(3600)

    package init(
        authoriser: Authoriser,
        radar: ExpiryRadar,
        notices: ExpiryNotices,
        webhooks: ExpiryWebhookStore,
        profiles: ProfileStore,
        turns: AuthorizationTurns,
        authorizations: AuthorizationTry,
        loop: EventLoop,
        logger: Logger
    ) {
        self.authoriser = authoriser
        self.radar = radar
        self.notices = notices
        self.webhooks = webhooks
        self.profiles = profiles
        self.turns = turns
        self.authorizations = authorizations
        self.loop = loop
        self.logger = logger
    }

    /// Works until the task is cancelled.
    package func run() async {
        await withTaskExecutorPreference(loop) {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await self.every { try await self.tryAuthorizations() } }
                group.addTask {
                    await self.every {
                        try await self.look()
                        try await self.tell()
                    }
                }
            }
        }
    }

    /// Tries each authorization that is due.
    package func tryAuthorizations() async throws {
        try await withTaskExecutorPreference(loop) {
            for tenant in try await turns.tenants() {
                await guarded("authorizations of \(tenant) are not tried") {
                    let scope = try await authoriser.background(for: tenant)
                    while !Task.isCancelled, let turn = try await turns.take(of: tenant) {
                        await guarded("the authorization of \(turn.profile) is not tried") {
                            try await tryAuthorization(turn, scope)
                        }
                    }
                }
            }
        }
    }

    private func tryAuthorization(_ turn: AuthorizationTurn, _ scope: TenantScope) async throws {
        let found: EffectiveSettings?
        do {
            found = try await profiles.settingsWithAuthorization(of: turn.profile, scope)
        } catch is FormRejection {
            // A profile that does not hold together says so when it is tested.
            found = nil
        }
        guard let found else {
            return try await turns.postpone(turn, by: Self.day)
        }
        try await turns.note(found, for: turn)
        let verdict = try await authorizations.verdict(
            of: found,
            tenant: turn.tenant,
            on: loop,
            until: .after(.seconds(60))
        )
        let pause = verdict?.temporary == true ? Self.hour : Self.day
        try await turns.postpone(turn, by: pause)
    }

    /// Writes down what each tenant is to be told, once an hour.
    package func look() async throws {
        for tenant in try await notices.tenantsToLookAt() {
            await guarded("what ends for \(tenant) is not looked at") {
                guard try await notices.takeLook(at: tenant) else { return }
                let scope = try await authoriser.background(for: tenant)
                try await notices.note(
                    radar.warnings(scope),
                    at: radar.now,
                    scope
                )
            }
        }
    }

    /// Sends what is due; after a failure the tenant's others wait for the next round.
    package func tell() async throws {
        let tenants = try await notices.tenantsToTell()
        await withTaskExecutorPreference(loop) {
            await withTaskGroup(of: Void.self) { group in
                for (index, tenant) in tenants.enumerated() {
                    if index >= Self.width { await group.next() }
                    group.addTask {
                        await self.guarded("\(tenant) is not told what ends") {
                            try await self.tell(tenant)
                        }
                    }
                }
            }
        }
    }

    /// Tenants told at a time, so that a slow server delays few others.
    private static let width = 8

    private func tell(_ tenant: UUID) async throws {
        while !Task.isCancelled, let notice = try await notices.take(of: tenant) {
            guard let webhook = try await webhooks.open(tenant) else { return }
            let answer = await webhooks.sender.send(notice.body, to: webhook, on: loop)
            // Half an exchange is no answer; the event is sent again.
            if Task.isCancelled { return }
            try await notices.settle(notice, answer.isSuccess, of: tenant)
            try await webhooks.record(answer, of: tenant)
            guard answer.isSuccess else { return }
        }
    }

    private func every(_ work: () async throws -> Void) async {
        while !Task.isCancelled {
            await guarded("what ends is not looked at") { try await work() }
            await loop.sleep(for: Self.interval)
        }
    }

    /// Does the work; what goes wrong stands in the log, and the rest goes on.
    private func guarded(_ complaint: String, _ work: () async throws -> Void) async {
        do {
            try await work()
        } catch {
            if Task.isCancelled { return }
            logger.error("\(complaint): \(operatorText(of: error))")
        }
    }
}
