import API
import Accounts
import Console
import Cryptography
import EmailSettings
import Foundation
import HTTP
import Logging
import Notifications
import Observability
import Postgres
import SMTP
import Secrets
import Sockets
import Templates
import TestSends
import TestSupport
import Testing

/// API and pages on one listener, as `serve` has them, on a database of their own.
final class APIScene: Sendable {
    let home: TestDatabase
    let port: UInt16
    let log = RecordedLog()
    let loops: EventLoopGroup
    let database: Database
    let judge = Judge()
    private let clients = BlockingPool(threads: 8, queueLimit: 1000)
    private let passwords = BlockingPool(threads: 1, queueLimit: 100)
    private let server: HTTPServer
    private let services: Services
    private let listening: Task<Void, Never>

    init(limits: TestLimits, waiting: Int) async throws {
        home = try TestDatabase.make()
        loops = try EventLoopGroup(count: 2)
        database = Database(
            PostgresConfiguration(connectionString: home.app, applicationName: "APITests"),
            loops: loops.loops,
            connectionsPerLoop: 4
        )
        services = try Services(database, home, loops, passwords, limits, waiting, log)
        let api = try services.api()
        let console = try services.console()
        var configuration = ServerConfiguration()
        configuration.errorPage = { error, reference, target in
            API.answers(target)
                ? api.problem(for: error, reference: reference)
                : console.page(for: error, reference: reference)
        }
        server = HTTPServer(on: loops, configuration: configuration) { request in
            API.answers(request.rawPath)
                ? await api.respond(to: request) : await console.respond(to: request)
        }
        let events = services.events
        listening = Task { await events.run() }
        port = try await server.listen(
            on: SocketAddress(family: .ipv4, bytes: [127, 0, 0, 1], port: 0)
        ).port
        try await services.populate()
    }

    func close() async {
        await server.shutdown(within: .zero)
        listening.cancel()
        await listening.value
        await database.close()
        clients.stop()
        passwords.stop()
        services.traceLog.stop()
        loops.stop()
    }

    /// A program that shows `token`, if any.
    func program(_ token: String? = nil) -> Program {
        Program(port: port, pool: clients, token: token, judge: judge)
    }

    /// A program with a new token of `somebody` that may all that its maker may.
    func program(_ somebody: Somebody) async throws -> Program {
        program(try await token(somebody))
    }

    /// Makes a token; nil: with all permissions.
    func token(_ somebody: Somebody, _ permissions: [String]? = nil) async throws -> String {
        let visit = try await services.authoriser.visit(
            try session(somebody),
            origin: Self.origin
        )
        let access = try await services.authoriser.enter(
            try #require(TenantSlug(somebody.tenant)),
            visit,
            needing: .tokensModify
        )
        let own = access.membership.role.permissions
        var form = TokenForm()
        form.name = "of \(somebody.rawValue)"
        form.permissions = permissions ?? own.map(\.rawValue)
        return try await services.tokens.create(try form.parse(within: own), access).text
    }

    /// Begins a session past the sign-in; gives what the browser's cookie holds.
    func session(_ somebody: Somebody) throws -> SessionToken {
        let token = SessionToken(random: .system)
        try home.arrange(
            """
            INSERT INTO sessions (token_hash, id, user_id, expires_at, address, user_agent)
            SELECT '\\x\(Hexadecimal.encode(token.hash))', gen_random_uuid(), id,
                now() + interval '1 hour', '', '' FROM users WHERE email = '\(somebody.email)'
            """
        )
        return token
    }

    /// Runs `body` while a worker runs tests.
    func working(_ body: () async throws -> Void) async throws {
        let service = services.worker()
        let running = Task { await service.run() }
        let result: Result<Void, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        service.stop()
        await running.value
        try result.get()
    }

    /// Runs `body` while a worker hands messages over.
    func delivering(_ body: () async throws -> Void) async throws {
        let service = services.deliveryWorker()
        let running = Task { await service.run() }
        let result: Result<Void, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        service.stop()
        await running.value
        try result.get()
    }

    /// What calls could change, as one text: equal before and after means nothing changed.
    func state() throws -> String {
        let rows = try BlockingConnection(home.administrator).query(
            """
            SELECT 'profile', id::text, version::text, is_active::text, name FROM email_profiles
            UNION ALL SELECT 'branding', tenant_id::text, version::text, '', from_address
                FROM brandings
            UNION ALL SELECT 'secret', id::text, version::text, '', '' FROM secrets
            UNION ALL SELECT 'named', id::text, revision::text, version::text, name
                FROM named_secrets
            UNION ALL SELECT 'provider', id::text, version::text, kind, name FROM secret_providers
            UNION ALL SELECT 'entry', id::text, reference::text, '', name FROM provider_entries
            UNION ALL SELECT 'test', id::text, outcome, cancel_requested::text, '' FROM test_runs
            UNION ALL SELECT 'message', id::text, outcome, attempts::text, '' FROM messages
            UNION ALL SELECT 'job', id::text, state, run_after::text, '' FROM jobs
            UNION ALL SELECT 'token', id::text, name, revoked_at::text, '' FROM api_tokens
            ORDER BY 1, 2, 3, 4, 5
            """
        )
        return rows.map { $0.map { $0 ?? "" }.joined(separator: "|") }.joined(separator: "\n")
    }

    static let origin = Origin(address: "192.0.2.9", userAgent: "test", requestID: "r1")
}

/// Runs `body` with a scene, in which `waiting` messages of a tenant may wait, closes it, and lets the description judge every answer there was.
func withAPI(
    limits: TestLimits = TestLimits(unfinished: 100, perHour: 1000),
    waiting: Int = 1000,
    _ body: (APIScene) async throws -> Void
) async throws {
    let scene = try await APIScene(limits: limits, waiting: waiting)
    do {
        try await body(scene)
        let description = try await scene.program().get("/api/v1/openapi.json")
        try scene.judge.check(description: description.body)
    } catch {
        await scene.close()
        throw error
    }
    await scene.close()
}

/// The people of these tests.
enum Somebody: String, CaseIterable {
    case ada, otto, vera, cleo

    var email: String { "\(rawValue)@people.example" }

    var tenant: String {
        switch self {
        case .ada: "acme"
        case .otto, .vera: "borealis"
        case .cleo: "cassini"
        }
    }

    static let tenants: [(slug: String, edition: Edition)] = [
        ("acme", .cloud), ("borealis", .onPremises), ("cassini", .onPremises),
    ]
}
