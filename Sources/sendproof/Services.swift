import API
import Console
import Cryptography
import Expirations
import HTTP
import Logging
import Notifications
import Postgres
import ServiceLifecycle
import Sockets
import TestSends

/// The web server as a service: listens at once, drains when asked to stop.
struct WebService: Service {
    let address: SocketAddress
    private let server: HTTPServer
    /// How long requests in progress may take after the signal.
    private static let drainTime: Duration = .seconds(10)

    init(_ application: Application) async throws {
        let console = try application.console()
        let api = try application.api()
        let logger = application.logger
        var configuration = ServerConfiguration()
        configuration.trustedProxies = try application.settings.trustedProxies()
        configuration.bodyLimit = { console.bodyLimit(of: $0) }
        configuration.errorPage = { error, reference, target in
            API.answers(target)
                ? api.problem(for: error, reference: reference)
                : console.page(for: error, reference: reference)
        }
        configuration.observe = { event in logger.debug("\(event)") }
        server = HTTPServer(on: application.loops, configuration: configuration) { request in
            API.answers(request.rawPath)
                ? await api.respond(to: request) : await console.respond(to: request)
        }
        let transport = try Self.transport(application.settings)
        address = try await server.listen(
            on: try application.settings.listen(),
            transport: transport
        )
    }

    func run() async throws {
        try? await gracefulShutdown()  // Cancellation ends the wait just as well.
        await server.shutdown(within: Self.drainTime)
    }

    private static func transport(_ settings: Settings) throws -> Transport {
        guard let files = try settings.certificateFiles() else { return .plain }
        let context = try TLSContext.server(
            certificateFile: files.certificate,
            keyFile: files.key
        )
        return .secured { socket, deadline in
            try await TLSStream.server(socket, context, until: deadline)
        }
    }
}

/// Listens for changes of tests on behalf of open pages.
struct EventService: Service {
    let events: TestEvents

    func run() async throws {
        await cancelWhenGracefulShutdown { await events.run() }
    }
}

/// Runs tests until asked to stop; those in progress may finish.
struct WorkerService: Service {
    let tests: TestService

    func run() async throws {
        await withGracefulShutdownHandler {
            await tests.run()
        } onGracefulShutdown: {
            tests.stop()
        }
    }
}

/// Hands messages over until asked to stop; those in progress may finish.
struct DeliveringService: Service {
    let deliveries: DeliveryService

    func run() async throws {
        await withGracefulShutdownHandler {
            await deliveries.run()
        } onGracefulShutdown: {
            deliveries.stop()
        }
    }
}

/// Tries authorizations and tells webhooks what ends.
struct ExpiryWatchService: Service {
    let expiry: ExpiryService

    func run() async throws {
        await cancelWhenGracefulShutdown { await expiry.run() }
    }
}

/// Gives the memory of password hashes back once nobody signs in.
struct MemoryService: Service {
    let memory: MemoryPool
    let loop: EventLoop
    /// How often it looks.
    private static let interval: Duration = .seconds(5)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskExecutorPreference(loop) {
                while !Task.isCancelled {
                    await loop.sleep(for: Self.interval)
                    memory.releaseIdle()
                }
            }
        }
    }
}
