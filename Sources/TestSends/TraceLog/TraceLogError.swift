import Glibc
import Observability

/// Why lines could not be written to a log, or read from it.
package struct TraceLogError: ExplainedError, Equatable {
    package enum Kind: String, Sendable {
        /// The installation has no log folder.
        case noFolder
        /// The folder, or the tenant's folder in it, cannot be used.
        case folder
        /// What has the name is a link, a folder or something else than a file of its own.
        case notAFile
        case write, read
        /// Neither journald nor syslog listens on this machine.
        case noSystemLog
        /// The system log does not take the lines.
        case systemLog
        /// Too many wait to be written.
        case busy
    }

    package let kind: Kind
    /// The system's error number, 0 for none.
    package let number: Int32

    package init(_ kind: Kind, number: Int32 = 0) {
        self.kind = kind
        self.number = number
    }

    package var code: String { "traceLog.\(kind.rawValue)" }

    package var userText: String {
        switch kind {
        case .noFolder: "This installation has no log folder: nothing is written to files."
        case .folder: "The log folder of this installation cannot be used."
        case .notAFile: "What has this name in the log folder is not a plain file."
        case .write where number == ENOSPC || number == EDQUOT: "The disk of the log is full."
        case .write: "The log file cannot be written."
        case .read: "The log file cannot be read."
        case .noSystemLog: "There is neither journald nor syslog on the machine that sends."
        case .systemLog: "The system log does not take the lines."
        case .busy: "More lines come than can be written."
        }
    }

    package var operatorText: String {
        number == 0 ? userText : "\(userText) (\(unsafe String(cString: strerror(number))))"
    }
}
