package import EmailSettings

/// Where the lines of a test go besides the test's page.
package struct TraceLogSettings: Sendable, Equatable {
    /// To journald, or to syslog where there is none.
    package let systemLog: Bool
    /// In the tenant's part of the installation's log folder; nil: no file.
    package let file: LogFileName?

    package init(systemLog: Bool = false, file: LogFileName? = nil) {
        self.systemLog = systemLog
        self.file = file
    }

    /// What the profile of a test asks for; nothing for the platform's relay, whose conversation is
    /// not the tenant's to know.
    init(_ settings: EffectiveSettings) {
        let logging = settings.draft.logging
        self.init(
            systemLog: logging.systemLog && !settings.usesPlatformRelay,
            file: settings.usesPlatformRelay ? nil : logging.file
        )
    }

    var isNone: Bool { !systemLog && file == nil }
}
