import Accounts
import Glibc
import Postgres
import SMTP

/// The machine's own log: journald with fields, or syslog with words.
package struct SystemLog: Sendable {
    private let journal: String
    private let syslog: String

    /// What the lines are filed under.
    static let identifier = "sendproof"
    /// LOG_MAIL.
    private static let facility = 2

    /// `journal` speaks the native protocol of systemd-journald, `syslog` that of syslog(3).
    package init(
        journal: String = "/run/systemd/journal/socket",
        syslog: String = "/dev/log"
    ) {
        self.journal = journal
        self.syslog = syslog
    }

    /// Sends every line of the record; blocks.
    ///
    /// Throws: `noSystemLog` when neither listens, `systemLog` when one refuses.
    func send(_ record: TraceRecord) throws(TraceLogError) {
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw TraceLogError(.systemLog, number: errno) }
        defer { close(descriptor) }
        // A log that takes nothing must not hold the thread for long.
        var patience = timeval(tv_sec: 2, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, size)
        var hasJournal = true
        for line in record.lines {
            if hasJournal {
                do throws(TraceLogError) {
                    try send(Self.fields(of: line, record), to: journal, descriptor)
                    continue
                } catch {
                    guard error.kind == .noSystemLog else { throw error }
                    hasJournal = false
                }
            }
            try send(Self.words(of: line, record), to: syslog, descriptor)
        }
    }

    /// The native protocol of systemd-journald: a field on each line.
    static func fields(of line: LogLine, _ record: TraceRecord) -> [UInt8] {
        let fields: [(String, String?)] = [
            ("MESSAGE", line.text), ("PRIORITY", String(line.severity.rawValue)),
            ("SYSLOG_IDENTIFIER", identifier), ("SYSLOG_FACILITY", String(facility)),
            ("SENDPROOF_TENANT", record.tenant.text),
            // Escaped: a line end would be the end of the field.
            ("SENDPROOF_PROFILE", LogLine.escaped(record.profile)),
            ("SENDPROOF_TEST", record.test.description),
            ("SENDPROOF_STEP", line.step?.rawValue),
        ]
        return fields.flatMap { name, value in
            value.map { Array("\(name)=\($0)\n".utf8) } ?? []
        }
    }

    /// What syslog(3) writes: priority, time, name of the program, text.
    static func words(of line: LogLine, _ record: TraceRecord) -> [UInt8] {
        let priority = facility * 8 + line.severity.rawValue
        var now = time(nil)
        var parts = unsafe tm()
        unsafe localtime_r(&now, &parts)
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        let day = "\(months[Int(unsafe parts.tm_mon) % 12]) \(pad(unsafe parts.tm_mday, " "))"
        let clock = unsafe [parts.tm_hour, parts.tm_min, parts.tm_sec].map { pad($0, "0") }
        let stamp = "\(day) \(clock.joined(separator: ":"))"
        let text = "<\(priority)>\(stamp) \(identifier)[\(getpid())]: \(record.head) \(line.text)"
        return Array(text.utf8)
    }

    private static func pad(_ number: Int32, _ filler: String) -> String {
        number < 10 ? filler + String(number) : String(number)
    }

    private func send(
        _ bytes: [UInt8],
        to path: String,
        _ descriptor: Int32
    ) throws(TraceLogError) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let name = Array(path.utf8)
        guard name.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw TraceLogError(.noSystemLog)
        }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: name) }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let sent = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL), $0, size)
            }
        }
        guard sent < 0 else { return }
        let isGone = errno == ENOENT || errno == ECONNREFUSED || errno == ENOTSOCK
        throw TraceLogError(isGone ? .noSystemLog : .systemLog, number: errno)
    }
}
