import Accounts
import EmailSettings
import Foundation
import Logging
import Mail
import Observability
import Postgres
import SMTP
import Sockets
import Synchronization
import TestServers
import Testing

@testable import TestSends

/// The machine's own log, and what a worker writes to both.
@Suite struct SystemLogTests {
    /// Who listens where journald or syslog would.
    private final class Listener: Sendable {
        let path = FileManager.default.temporaryDirectory
            .appending(path: "log-\(Foundation.UUID().uuidString.prefix(8))").path
        private let descriptor: Int32
        private let heard = Mutex<[String]>([])
        private let ended = DispatchSemaphore(value: 0)
        private static let end = "the end"

        init() throws {
            descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
            let isBound = Self.with(path) { bind(descriptor, $0, $1) } == 0
            try #require(isBound)
            Thread { self.listen() }.start()
        }

        deinit {
            close(descriptor)
            unlink(path)
        }

        /// All that was sent before; it listens no more.
        var datagrams: [String] {
            let end = Array(Self.end.utf8)
            _ = Self.with(path) { sendto(descriptor, end, end.count, 0, $0, $1) }
            ended.wait()
            return heard.withLock { $0 }
        }

        /// The queue of such a socket is short: who sends more than ten waits for the reader.
        private func listen() {
            var bytes = [UInt8](repeating: 0, count: 65_536)
            while true {
                let count = recv(descriptor, &bytes, bytes.count, 0)
                let text = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
                guard count > 0, text != Self.end else { break }
                heard.withLock { $0.append(text) }
            }
            ended.signal()
        }

        private static func with<Result>(
            _ path: String,
            _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
        ) -> Result {
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
            return withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
        }
    }

    private func record(profile: String = "Main") -> TraceRecord {
        let step = Trace.Step(
            name: .greeting,
            address: "192.0.2.1",
            status: .failed,
            offsetMilliseconds: 0,
            durationMilliseconds: 7,
            facts: [],
            lines: [Line(from: .relay, text: "554 go away")]
        )
        return TraceRecord(
            tenant: TestScene.acmeTenant.slug,
            profile: profile,
            test: TestScene.acmeTenant.id,
            trace: Trace(
                kind: .connection,
                outcome: .cancelled,
                startedAt: TraceTime(unixMilliseconds: 0),
                durationMilliseconds: 20,
                messageID: nil,
                queueID: nil,
                verdict: .cancelledEarly,
                addresses: [],
                steps: [step]
            )
        )
    }

    @Test func `journald gets each line with its fields`() throws {
        let journal = try Listener()
        let log = SystemLog(journal: journal.path, syslog: "/nonexistent/log")
        try log.send(record(profile: "Mail\nPRIORITY=0"))
        let datagrams = journal.datagrams
        #expect(datagrams.count == 4)
        #expect(
            datagrams[1] == """
                MESSAGE=step=greeting status=failed address=192.0.2.1 duration=7ms
                PRIORITY=3
                SYSLOG_IDENTIFIER=sendproof
                SYSLOG_FACILITY=2
                SENDPROOF_TENANT=acme
                SENDPROOF_PROFILE=Mail\\u{a}PRIORITY=0
                SENDPROOF_TEST=\(TestScene.acmeTenant.id)
                SENDPROOF_STEP=greeting

                """
        )
        #expect(datagrams[2].hasPrefix(#"MESSAGE=step=greeting from=relay said="554 go away""#))
        #expect(datagrams[2].contains("PRIORITY=6\n"))
        #expect(!datagrams[0].contains("SENDPROOF_STEP"))
    }

    @Test func `without journald syslog gets the same as words`() throws {
        let syslog = try Listener()
        try SystemLog(journal: "/nonexistent/socket", syslog: syslog.path).send(record())
        let datagrams = syslog.datagrams
        #expect(datagrams.count == 4)
        let form = /<19>[A-Z][a-z]{2} [ 0-9]\d \d\d:\d\d:\d\d sendproof\[\d+\]: tenant=acme .*/
        #expect(datagrams[1].wholeMatch(of: form) != nil, "\(datagrams[1])")
        #expect(
            datagrams[1].hasSuffix("step=greeting status=failed address=192.0.2.1 duration=7ms")
        )
    }

    /// A test of a worker, with a folder and a system log; what both have of it.
    private func logs(
        usesPlatformRelay: Bool = false,
        folder: String
    ) async throws -> (file: [String], system: [String], run: TestRun, troubles: Int) {
        let journal = try Listener()
        let log = TraceLog(
            folder: folder,
            system: SystemLog(journal: journal.path, syslog: "/nonexistent/log"),
            logger: Logger(label: "test")
        )
        defer { log.stop() }
        var found: (file: [String], system: [String], run: TestRun, troubles: Int)?
        try await withScene { scene in
            let service = scene.service(traceLog: log)
            async let running: Void = service.run()
            let sink = try await MailSink(on: scene.loops.next)
            let scope = usesPlatformRelay ? scene.globex : scene.acme
            let plain = try scene.settings(sink.address, usesPlatformRelay: usesPlatformRelay)
            var form = plain.draft.form
            form.set(.systemLog, true)
            form.set(.fileLog, true)
            form[.logFileName] = "mail.txt"
            let settings = try EffectiveSettings(
                form.parse(),
                plain.credentials,
                plain.certificates,
                profileID: nil,
                usesPlatformRelay: usesPlatformRelay
            )
            let id = try await scene.send(settings, in: scope)
            let run = try await scene.end(of: id, in: scope)
            // It writes the lines after the record, and ends when it has.
            service.stop()
            await running
            let file = try LogFileName(parsing: "mail.txt")
            let lines = (try? await log.lastLines(of: file, in: scope)) ?? []
            #expect(try await log.lastLines(of: file, in: other(scope, scene)) == [])
            found = (lines, journal.datagrams, run, log.troubles.files + log.troubles.systemLog)
        }
        return try #require(found)
    }

    private func other(_ scope: TenantScope, _ scene: TestScene) -> TenantScope {
        scope.tenant.slug == scene.acme.tenant.slug ? scene.globex : scene.acme
    }

    private func folder() throws -> String {
        let path = FileManager.default.temporaryDirectory
            .appending(path: "trace-log-\(Foundation.UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        return path
    }

    @Test(.timeLimit(.minutes(2)))
    func `a worker writes the lines of a test to both logs, and its own tenant reads them`()
        async throws
    {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }  // a folder for tests
        let logs = try await logs(folder: folder)
        #expect(logs.run.status == .accepted)
        #expect(logs.troubles == 0)
        #expect(logs.file.count > 15 && logs.file.count == logs.system.count)
        for line in logs.file {
            #expect(line.contains(" tenant=acme profile=Main test=\(logs.run.id) "))
        }
        #expect(logs.file.first?.contains("begin=send") == true)
        #expect(logs.file.last?.contains("end=accepted code=smtp.accepted queueID=SINK1") == true)
        #expect(logs.file.contains { $0.contains("step=sender from=us said=\"MAIL FROM:") })
    }

    @Test(.timeLimit(.minutes(2)))
    func `of the platform's relay nothing goes to a log`() async throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }  // a folder for tests
        let logs = try await logs(usesPlatformRelay: true, folder: folder)
        #expect(logs.run.status == .accepted)
        #expect(logs.file.isEmpty && logs.system.isEmpty && logs.troubles == 0)
    }
}
