import Logging

/// The log: one line for each event on standard error, which systemd keeps.
enum Log {
    static func make(level: String) -> Logger {
        var logger = Logger(label: "sendproof") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = Logger.Level(rawValue: level) ?? .info
        return logger
    }
}
