package import Accounts
package import EmailSettings
package import Logging
import Observability
import SMTP
import Sockets
import Synchronization

/// The logs outside of the database: the machine's own, and files of the tenants.
///
/// A log that cannot be written never fails a test: it is counted, and said in the process's log
/// and on the page.
package final class TraceLog: Sendable {
    private let folder: LogFolder?
    private let system: SystemLog
    private let logger: Logger
    /// The only thread that writes, so that the lines of a test stay together.
    private let pool = BlockingPool(threads: 1, queueLimit: 1000)
    private let state = Mutex(Troubles())

    /// Lines that a page shows.
    package static let shownLines = 100

    /// What went wrong in this process.
    package struct Troubles: Sendable, Equatable {
        /// Tests whose lines are missing in a file, or in the system log.
        package var files = 0
        package var systemLog = 0
        /// The last reason, as a sentence.
        package var reason: String?
    }

    private enum Sink: Sendable { case files, systemLog }

    /// Without a `folder` there are no files.
    package init(
        folder path: String?,
        limits: LogLimits = LogLimits(),
        system: SystemLog = SystemLog(),
        logger: Logger
    ) {
        folder = path.map { LogFolder(path: $0, limits: limits) }
        self.system = system
        self.logger = logger
    }

    /// Whether this installation has a log folder.
    package var hasFolder: Bool { folder != nil }

    package var troubles: Troubles { state.withLock { $0 } }

    /// Writes the lines of a test where its settings want them; from a task of a loop.
    func write(_ record: TraceRecord, to settings: TraceLogSettings) async {
        if settings.systemLog {
            let system = system
            await attempt(.systemLog, record) { () throws(TraceLogError) in
                try system.send(record)
            }
        }
        if let file = settings.file {
            let folder = folder
            await attempt(.files, record) { () throws(TraceLogError) in
                guard let folder else { throw TraceLogError(.noFolder) }
                try folder.append(record.bytes, to: file, of: record.tenant, at: .now)
            }
        }
    }

    /// The last lines of a file of the tenant, the oldest of them first.
    ///
    /// Throws: `TraceLogError`.
    package func lastLines(
        of file: LogFileName,
        in scope: TenantScope,
        count: Int = shownLines
    ) async throws -> [String] {
        guard let folder else { throw TraceLogError(.noFolder) }
        let tenant = scope.tenant.slug
        return try await pool.run { try folder.lastLines(of: file, of: tenant, count: count) }
    }

    /// Deletes lines that are too old.
    func expire() async throws {
        guard let folder else { return }
        try await pool.run { try folder.expire(at: .now) }
    }

    /// Ends the thread after what waits is written.
    package func stop() {
        pool.stop()
    }

    private func attempt(
        _ sink: Sink,
        _ record: TraceRecord,
        _ write: @escaping @Sendable () throws(TraceLogError) -> Void
    ) async {
        do {
            try await pool.run { try write() }
        } catch {
            let failure = error as? TraceLogError ?? TraceLogError(.busy)
            note(failure, sink, record)
        }
    }

    /// Counts, and says a reason once until it is another one.
    private func note(
        _ failure: TraceLogError,
        _ sink: Sink,
        _ record: TraceRecord
    ) {
        let isNew = state.withLock { troubles in
            switch sink {
            case .files: troubles.files += 1
            case .systemLog: troubles.systemLog += 1
            }
            defer { troubles.reason = failure.userText }
            return troubles.reason != failure.userText
        }
        guard isNew else { return }
        logger.warning(
            "lines of test \(record.test) are missing in a log: \(failure.operatorText)"
        )
    }
}
