import Foundation
import Testing

@testable import SMTP

/// The hostile relays once more, in a process of their own that may not grow.
@Suite struct HostileRelayMemoryTests {
    /// Set in that process, which does not start another one.
    private static let mark = "SENDPROOF_HOSTILE_MEMORY"
    static let isOutermost = ProcessInfo.processInfo.environment[mark] == nil

    /// In bytes of resident memory, for eight relays and eight clients at a time and their messages
    /// of 8 MB; what the relays here would send in a second is ten times more.
    static let mayGrow = 160 * 1_048_576
    /// In bytes; the system refuses more.
    private static let mayHave = 1_073_741_824

    @Test(.enabled(if: isOutermost), .timeLimit(.minutes(10)))
    func `hostile relays cannot make the process grow`() throws {
        let log = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).log")
        try #require(FileManager.default.createFile(atPath: log.path, contents: nil))
        defer { try? FileManager.default.removeItem(at: log) }  // a test's leftover
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/prlimit")
        process.arguments = [
            "--data=\(Self.mayHave)",
            try FileManager.default.destinationOfSymbolicLink(
                atPath: "/proc/self/exe"
            ),
            "--testing-library", "swift-testing", "--filter", "HostileRelayTests/",
        ]
        process.environment = ProcessInfo.processInfo.environment.merging([
            Self.mark: "1", "SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH": "8",
        ]) { $1 }
        let output = try FileHandle(forWritingTo: log)
        process.standardOutput = output
        process.standardError = output
        try process.run()
        process.waitUntilExit()
        let text = String(decoding: try Data(contentsOf: log), as: UTF8.self)
        let failures = text.split(separator: "\n").filter { $0.contains("✘") }
        #expect(process.terminationStatus == 0, "\(failures.joined(separator: "\n"))")
        #expect(text.contains("a hostile relay gets the right verdict"))
    }

    /// How much resident memory the process had more than at the first call, at most; nil where
    /// other tests run besides.
    static func growth() -> Int? {
        guard !isOutermost else { return nil }
        return max(0, kilobytes("VmHWM:") - start) * 1024
    }

    private static let start = kilobytes("VmRSS:")

    private static func kilobytes(_ name: String) -> Int {
        guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix(name) })
        else { return 0 }
        return line.split(whereSeparator: { " \t".contains($0) }).dropFirst().first
            .flatMap { Int($0) } ?? 0
    }
}
