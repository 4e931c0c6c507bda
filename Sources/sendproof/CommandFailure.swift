import ArgumentParser
import Glibc
import Observability

/// A command that cannot go on: a sentence for the person at the terminal, and exit code 1.
struct CommandFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }

    /// Ends the process: 2 for wrong usage, 0 for help, 1 for everything else.
    static func exit(_ error: any Error, from command: any ParsableCommand.Type) -> Never {
        let code = command.exitCode(for: error)
        if code == .validationFailure || code == .success {
            let message = command.fullMessage(for: error)
            if code == .success { print(message) } else { complain(message) }
            Glibc.exit(code == .success ? 0 : 2)
        }
        if let code = error as? ExitCode { Glibc.exit(code.rawValue) }
        if let error = error as? any ExplainedError {
            complain("sendproof: \(error.userText) (\(error.operatorText))")
        } else {
            complain("sendproof: \(error)")
        }
        Glibc.exit(1)
    }

    static func complain(_ text: String) {
        let line = Array((text + "\n").utf8)
        unsafe _ = line.withUnsafeBytes { unsafe write(2, $0.baseAddress, $0.count) }
    }
}
