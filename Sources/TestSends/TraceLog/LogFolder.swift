import Accounts
import EmailSettings
import Glibc
import SMTP

/// The installation's log folder: in it a folder for each tenant, and in that the tenant's files.
///
/// Any number of processes on one machine append at the same time: whole lines, under a lock for
/// each file. Every call blocks.
struct LogFolder: Sendable {
    let path: String
    let limits: LogLimits

    /// Appends whole lines, after the file was put aside when it has become too long or too old.
    func append(
        _ lines: [UInt8],
        to name: LogFileName,
        of tenant: TenantSlug,
        at now: TraceTime
    ) throws(TraceLogError) {
        let folder = try self.folder(of: tenant, makes: true)
        let lock = try LogDescriptor(
            ".\(name.text).lock",
            in: folder,
            O_RDWR | O_CREAT,
            failure: .write
        )
        try lock.lock()
        if try isDue(name, in: folder, adding: lines.count, at: now) {
            putAside(name, in: folder)
            try expire(name, in: folder, at: now)
        }
        let file = try LogDescriptor(
            name.text,
            in: folder,
            O_RDWR | O_APPEND | O_CREAT,
            failure: .write
        )
        try file.append(lines, after: file.plainFile().size)
        // The lock ends with its descriptor, and that not before this point.
        _ = consume lock
    }

    /// Deletes what was put aside, or not written to, for so long that its lines are too old.
    func expire(at now: TraceTime) throws(TraceLogError) {
        for name in try LogDescriptor(folder: path).names() {
            guard let tenant = TenantSlug(name) else { continue }
            let folder = try self.folder(of: tenant, makes: false)
            for name in try folder.names() {
                let isLive = try? LogFileName(parsing: name)  // Others were put aside.
                if let isLive { try expire(isLive, in: folder, at: now) }
            }
        }
    }

    // MARK: - Folders

    func folder(of tenant: TenantSlug, makes: Bool) throws(TraceLogError) -> LogDescriptor {
        let root = try LogDescriptor(folder: path)
        if makes, unsafe mkdirat(root.number, tenant.text, 0o700) != 0, errno != EEXIST {
            throw TraceLogError(.folder, number: errno)
        }
        return try LogDescriptor(tenant.text, in: root, O_RDONLY | O_DIRECTORY, failure: .folder)
    }

    // MARK: - Rotation

    private func isDue(
        _ name: LogFileName,
        in folder: borrowing LogDescriptor,
        adding count: Int,
        at now: TraceTime
    ) throws(TraceLogError) -> Bool {
        let file: LogDescriptor
        do throws(TraceLogError) {
            file = try LogDescriptor(name.text, in: folder, O_RDONLY, failure: .write)
        } catch {
            guard error.number == ENOENT else { throw error }
            return false
        }
        let size = try file.plainFile().size
        guard size > 0 else { return false }
        if size + count > limits.bytes { return true }
        guard let first = TraceTime(startOfLine: try file.read(19, at: 0)) else { return true }
        return now.unixMilliseconds - first.unixMilliseconds >= limits.period * 1000
    }

    /// `mail.txt` becomes `mail.txt~1`, that `mail.txt~2`; what has no number any more goes.
    private func putAside(_ name: LogFileName, in folder: borrowing LogDescriptor) {
        unsafe unlinkat(folder.number, Self.aside(name, limits.kept), 0)
        for number in stride(from: limits.kept - 1, through: 0, by: -1) {
            // What is not there needs no other name.
            unsafe renameat(
                folder.number,
                Self.aside(name, number),
                folder.number,
                Self.aside(name, number + 1)
            )
        }
    }

    private func expire(
        _ name: LogFileName,
        in folder: borrowing LogDescriptor,
        at now: TraceTime
    ) throws(TraceLogError) {
        for number in 0...limits.kept {
            let aside = Self.aside(name, number)
            let changed: Int64
            do throws(TraceLogError) {
                let file = try LogDescriptor(aside, in: folder, O_RDONLY, failure: .read)
                changed = try file.plainFile().changed
            } catch {
                // Not there, or not ours.
                continue
            }
            if now.unixMilliseconds / 1000 - changed > limits.age - limits.period {
                unsafe unlinkat(folder.number, aside, 0)
            }
        }
    }

    static func aside(_ name: LogFileName, _ number: Int) -> String {
        number == 0 ? name.text : "\(name.text)~\(number)"
    }
}

/// How much of a log is kept.
package struct LogLimits: Sendable, Equatable {
    /// Of one file, in bytes.
    package let bytes: Int
    /// Files put aside.
    package let kept: Int
    /// Days after which a line is gone.
    package let days: Int

    package init(bytes: Int = 10_000_000, kept: Int = 5, days: Int = 30) {
        self.bytes = max(1000, bytes)
        self.kept = max(1, min(99, kept))
        self.days = max(1, min(3650, days))
    }

    /// In seconds.
    var age: Int64 { Int64(days) * 86_400 }
    /// A file has the lines of at most so many seconds: so it can go as a whole.
    var period: Int64 { age / 6 }
}
