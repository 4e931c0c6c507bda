import UnixSignals
import ArgumentParser
import Glibc
import HTTP
import Logging
import ServiceLifecycle
import Sockets

/// Serves the pages; runs tests and hands messages over beside them.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve the pages, run the tests and hand messages over.",
        discussion: Settings.help
    )

    func run() async throws {
        let settings = Settings()
        let application = try Application(settings, name: "sendproof serve")
        try application.requireCurrentSchema()
        try await application.requireKeys()
        let web = try await WebService(application)
        var services: [any Service] = [
            web, EventService(events: application.events),
            MemoryService(memory: application.memory, loop: application.loops.next),
        ]
        if settings.testConcurrency > 0 {
            services.append(WorkerService(tests: try application.testService()))
            services.append(DeliveringService(deliveries: try application.deliveryService()))
            services.append(ExpiryWatchService(expiry: try application.expiryService()))
        }
        print("Listening on \(web.address)")
        fflush(nil)  // Seen at once, in a pipe too.
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services,
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: application.logger
            )
        )
        try await group.run()
        await application.close()
    }
}

/// Runs tests and hands messages over, without pages.
struct WorkerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker",
        abstract: "Run the tests and hand the messages over that wait, on this machine.",
        discussion: Settings.help
    )

    func run() async throws {
        let application = try Application(Settings(), name: "sendproof worker")
        try application.requireCurrentSchema()
        try await application.requireKeys()
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [
                    WorkerService(tests: try application.testService()),
                    DeliveringService(deliveries: try application.deliveryService()),
                    ExpiryWatchService(expiry: try application.expiryService()),
                ],
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: application.logger
            )
        )
        try await group.run()
        await application.close()
    }
}
