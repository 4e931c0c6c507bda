import Glibc
import Observability

/// Why the folder of captured messages could not be used.
package struct CaptureError: ExplainedError, Equatable {
    package enum Kind: String, Sendable { case folder, read, write }

    package let kind: Kind
    /// The system's error number.
    package let number: Int32

    package var code: String { "capture.\(kind.rawValue)" }

    package var userText: String {
        switch kind {
        case .folder: "The folder of captured messages cannot be made or opened."
        case .read: "The captured messages cannot be read."
        case .write: "The message could not be kept."
        }
    }

    package var operatorText: String {
        "\(code): \(unsafe String(cString: strerror(number)))"
    }
}
