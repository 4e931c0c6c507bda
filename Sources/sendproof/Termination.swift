import UnixSignals
import ServiceLifecycle
import Logging

/// Waits for Ctrl-C or a request to stop.
enum Termination {
    private struct Waiting: Service {
        func run() async throws {
            try await gracefulShutdown()
        }
    }

    static func wait() async {
        var quiet = Logger(label: "capture")
        quiet.logLevel = .error
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [Waiting()],
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: quiet
            )
        )
        // However the wait ends, it has ended.
        try? await group.run()
    }
}
