import Accounts
import EmailSettings
import Foundation
import Logging
import Mail
import Observability
import Postgres
import SMTP
import Testing

@testable import TestSends

/// The logs outside of the database.
@Suite struct TraceLogTests {
    /// A log folder of its own, gone with this value.
    private final class Folder {
        let path = FileManager.default.temporaryDirectory
            .appending(path: "trace-log-\(Foundation.UUID().uuidString)").path

        init() throws {
            try FileManager.default.createDirectory(
                atPath: path,
                withIntermediateDirectories: false
            )
        }

        deinit {
            try? FileManager.default.removeItem(atPath: path)  // a folder for tests
        }

        func log(_ limits: LogLimits = LogLimits()) -> LogFolder {
            LogFolder(path: path, limits: limits)
        }

        func names(_ tenant: String = "acme") throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: path + "/" + tenant)
                .filter { !$0.hasPrefix(".") }.sorted()
        }

        func text(_ name: String, _ tenant: String = "acme") throws -> String {
            try String(contentsOfFile: "\(path)/\(tenant)/\(name)", encoding: .utf8)
        }
    }

    private static let now = TraceTime(unixMilliseconds: 1_790_000_000_123)
    private let acme = TestScene.acmeTenant.slug
    private let globex = TestScene.globexTenant.slug

    private func name(_ text: String = "mail.txt") throws -> LogFileName {
        try LogFileName(parsing: text)
    }

    private func record(_ said: String, profile: String = "Main") -> TraceRecord {
        let step = Trace.Step(
            name: .greeting,
            address: "192.0.2.1",
            status: .failed,
            offsetMilliseconds: 5,
            durationMilliseconds: 7,
            facts: [],
            lines: [Line(from: .relay, text: said), Line(from: .us, text: "QUIT")]
        )
        return TraceRecord(
            tenant: acme,
            profile: profile,
            test: TestScene.acmeTenant.id,
            trace: Trace(
                kind: .connection,
                outcome: .failed,
                startedAt: Self.now,
                durationMilliseconds: 20,
                messageID: nil,
                queueID: nil,
                verdict: Verdict(
                    code: .greetingRefused,
                    step: .greeting,
                    field: nil,
                    cause: "No.",
                    advice: "",
                    whoCanFix: nil,
                    temporary: false,
                    reply: nil
                ),
                addresses: [],
                steps: [step]
            )
        )
    }

    // MARK: - Lines

    @Test func `a line says when, whose, which test, which step, how and what was said`() {
        let text = String(decoding: record("554 go away").bytes, as: UTF8.self)
        let head = "tenant=acme profile=Main test=\(TestScene.acmeTenant.id)"
        #expect(
            text == """
                2026-09-21T14:13:20.123Z \(head) begin=connection
                2026-09-21T14:13:20.135Z \(head) step=greeting status=failed address=192.0.2.1 \
                duration=7ms
                2026-09-21T14:13:20.135Z \(head) step=greeting from=relay said="554 go away"
                2026-09-21T14:13:20.135Z \(head) step=greeting from=us said=QUIT
                2026-09-21T14:13:20.143Z \(head) end=failed code=smtp.greeting.refused \
                duration=20ms cause=No.

                """
        )
    }

    @Test(arguments: [
        "a\nb", "a\r\n2026-01-01T00:00:00.000Z tenant=globex", "x\" end=accepted", "\\",
        "\u{85}\u{2028}\u{2029}", "\u{202E}abc", "\0", String(repeating: "x", count: 100_000),
    ])
    func `nothing that a relay or a person says begins a line or another value`(said: String) {
        for record in [record(said), record("hello", profile: said)] {
            let text = String(decoding: record.bytes, as: UTF8.self)
            let lines = text.unicodeScalars.split(separator: "\n")
            #expect(lines.count == 5)
            for line in lines {
                #expect(String(line).hasPrefix("2026-09-21T14:13:20."))
                let isHidden = line.contains { scalar in
                    scalar.value < 0x20 || [0x85, 0x2028, 0x202E].contains(scalar.value)
                }
                #expect(!isHidden)
            }
            #expect(!text.contains("x\" end=accepted"))
            #expect(record.bytes.count < 30_000)
        }
    }

    // MARK: - Files

    @Test(arguments: [
        "", ".", "..", ".hidden", "a/b", "/etc/passwd", "../mail.txt", "mail.txt~1", "a b", "a\0b",
        "ä.txt", "a\\b", String(repeating: "x", count: 65),
    ])
    func `only a plain file name is one`(text: String) {
        #expect(throws: FieldError("logFileName", "form", LogFileName.rule)) {
            try LogFileName(parsing: text)
        }
    }

    @Test func `lines go into the tenant's own folder, for its owner only`() throws {
        let folder = try Folder()
        try folder.log().append(Array("one\n".utf8), to: name(), of: acme, at: Self.now)
        try folder.log().append(Array("two\n".utf8), to: name(), of: globex, at: Self.now)
        #expect(try folder.text("mail.txt") == "one\n")
        #expect(try folder.log().lastLines(of: name(), of: globex, count: 100) == ["two"])
        #expect(try folder.log().lastLines(of: name("other.txt"), of: acme, count: 9) == [])
        for (path, mode) in [("acme", 0o700), ("acme/mail.txt", 0o600)] as [(String, mode_t)] {
            var status = stat()
            #expect(stat(folder.path + "/" + path, &status) == 0)
            #expect(status.st_mode & 0o777 == mode)
        }
    }

    /// What somebody who may write to the folder could leave there.
    @Test(arguments: ["link", "tenantLink", "hardLink", "folder", "fifo"])
    func `no link and no other thing is taken for the file`(kind: String) throws {
        let folder = try Folder()
        let elsewhere = folder.path + "/elsewhere"
        try FileManager.default.createDirectory(
            atPath: elsewhere,
            withIntermediateDirectories: false
        )
        let target = elsewhere + "/mail.txt"
        try Data("before\n".utf8).write(to: URL(filePath: target))
        let own = folder.path + "/acme"
        if kind == "tenantLink" {
            #expect(symlink(elsewhere, own) == 0)
        } else {
            #expect(mkdir(own, 0o700) == 0)
        }
        switch kind {
        case "link": #expect(symlink(target, own + "/mail.txt") == 0)
        case "hardLink": #expect(link(target, own + "/mail.txt") == 0)
        case "folder": #expect(mkdir(own + "/mail.txt", 0o700) == 0)
        case "fifo": #expect(mkfifo(own + "/mail.txt", 0o600) == 0)
        default: break
        }
        for attempt in [
            { try folder.log().append(Array("x\n".utf8), to: name(), of: acme, at: Self.now) },
            { _ = try folder.log().lastLines(of: name(), of: acme, count: 10) },
        ] {
            let error = #expect(throws: TraceLogError.self) { try attempt() }
            #expect(error?.kind == .notAFile)
        }
        #expect(try String(contentsOfFile: target, encoding: .utf8) == "before\n")
    }

    @Test func `several writers lose and mix no line, also while files are put aside`()
        async throws
    {
        let folder = try Folder()
        let log = folder.log(LogLimits(bytes: 20_000, kept: 99))
        let file = try name()
        let tenant = acme
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<8 {
                group.addTask {
                    for number in 0..<200 {
                        let line =
                            "2026-09-21T14:13:20.123Z writer=\(writer) number=\(number) "
                            + String(repeating: "x", count: number) + "\n"
                        try log.append(Array(line.utf8), to: file, of: tenant, at: Self.now)
                    }
                }
            }
            try await group.waitForAll()
        }
        var numbers: [String: [Int]] = [:]
        // The oldest first.
        let names = try folder.names().sorted {
            (Int($0.split(separator: "~").last ?? "") ?? 0)
                > (Int($1.split(separator: "~").last ?? "") ?? 0)
        }
        #expect(names.count > 10)
        for name in names {
            let text = try folder.text(name)
            #expect(text.utf8.count <= 20_000)
            for line in text.split(separator: "\n") {
                let words = line.split(separator: " ")
                let number = try #require(Int(words[2].dropFirst(7)))
                #expect((words.count == 4 ? words[3].count : 0) == number)
                numbers[String(words[1]), default: []].append(number)
            }
        }
        #expect(numbers.count == 8)
        #expect(numbers.values.allSatisfy { $0 == Array(0..<200) })
    }

    @Test func `five files are kept`() throws {
        let folder = try Folder()
        let log = folder.log(LogLimits(bytes: 1000))
        for number in 0..<20 {
            let line = "2026-09-21T14:13:20.123Z \(number) \(String(repeating: "x", count: 600))\n"
            try log.append(Array(line.utf8), to: name(), of: acme, at: Self.now)
        }
        #expect(
            try folder.names()
                == [
                    "mail.txt", "mail.txt~1", "mail.txt~2", "mail.txt~3", "mail.txt~4",
                    "mail.txt~5",
                ]
        )
        #expect(try folder.text("mail.txt~5").hasPrefix("2026-09-21T14:13:20.123Z 14 "))
    }

    @Test func `a line is gone after its days, whether somebody writes or not`() throws {
        let folder = try Folder()
        let log = folder.log(LogLimits(days: 30))
        let day: Int64 = 86_400_000
        let line = Array("2026-09-21T14:13:20.123Z old\n".utf8)
        try log.append(line, to: name(), of: acme, at: Self.now)
        func later(_ days: Int64) -> TraceTime {
            TraceTime(unixMilliseconds: Self.now.unixMilliseconds + days * day)
        }
        // After five days the file is put aside, and its time of change stays.
        try log.append(Array("new\n".utf8), to: name(), of: acme, at: later(6))
        #expect(try folder.names() == ["mail.txt", "mail.txt~1"])
        let written = Date(timeIntervalSince1970: Double(Self.now.unixMilliseconds) / 1000)
        for name in ["mail.txt", "mail.txt~1"] {
            try FileManager.default.setAttributes(
                [.modificationDate: written],
                ofItemAtPath: "\(folder.path)/acme/\(name)"
            )
        }
        try log.expire(at: later(24))
        #expect(try folder.names() == ["mail.txt", "mail.txt~1"])
        try log.expire(at: later(26))
        #expect(try folder.names() == [])
    }

    @Test func `the end of a long file is read, and no more`() throws {
        let folder = try Folder()
        let lines = (0..<20_000).map { "2026-09-21T14:13:20.123Z line \($0) \("ü")" }
        let text = lines.joined(separator: "\n") + "\nhalf a li"
        try folder.log().append(Array(text.utf8), to: name(), of: acme, at: Self.now)
        #expect(
            try folder.log().lastLines(of: name(), of: acme, count: 100) == lines.suffix(100)
        )
        let all = try folder.log().lastLines(of: name(), of: acme, count: .max)
        #expect(all == lines.suffix(all.count))
        #expect(all.count < 10_000)
    }

    // MARK: - Troubles

    @Test func `a log that cannot be written is counted and said once`() async throws {
        let recorded = RecordedLines()
        let log = TraceLog(
            folder: "/nonexistent/log",
            system: SystemLog(journal: "/nonexistent/socket", syslog: "/nonexistent/log"),
            logger: recorded.logger
        )
        defer { log.stop() }
        let wanted = TraceLogSettings(systemLog: true, file: try name())
        for _ in 1...3 { await log.write(record("hello"), to: TraceLogSettings(file: wanted.file)) }
        #expect(log.troubles.files == 3)
        #expect(recorded.lines.count == 1)
        await log.write(record("hello"), to: TraceLogSettings(systemLog: true))
        #expect(log.troubles.systemLog == 1)
        #expect(log.troubles.reason == TraceLogError(.noSystemLog).userText)
        #expect(recorded.lines.count == 2)
    }

    /// A file system of 64 KB.
    @Test(.enabled(if: getuid() == 0, "mount needs root"))
    func `a full disk leaves whole lines and gives its name`() throws {
        let folder = try Folder()
        guard system("mount -t tmpfs -o size=65536 none '\(folder.path)' 2>/dev/null") == 0 else {
            return  // A container that may not mount.
        }
        defer { _ = system("umount '\(folder.path)'") }
        let line = "2026-09-21T14:13:20.123Z " + String(repeating: "x", count: 9_974) + "\n"
        let error = #expect(throws: TraceLogError.self) {
            for _ in 1...10 {
                try folder.log().append(Array(line.utf8), to: name(), of: acme, at: Self.now)
            }
        }
        #expect(error?.userText == "The disk of the log is full.")
        let text = try folder.text("mail.txt")
        #expect(text.utf8.count.isMultiple(of: 10_000) && !text.isEmpty)
    }
}
