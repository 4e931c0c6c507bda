/// The tab "Logging": where the lines of traces go besides the test's page.
package struct LoggingSettings: Sendable, Equatable {
    /// To journald or syslog.
    package let systemLog: Bool
    /// To a file in the installation's log folder.
    package let fileLog: Bool
    /// A plain file name; empty: none is set.
    package let fileName: String

    init(_ reading: inout FormReading) {
        systemLog = reading.flag(.systemLog)
        fileLog = reading.flag(.fileLog)
        fileName =
            reading.read(.logFileName) { text throws(FieldError) in
                text.isEmpty ? "" : try LogFileName(parsing: text).text
            } ?? ""
        if fileLog, trimmed(reading.form[.logFileName]).isEmpty {
            reading.fail(
                .logFileName,
                "required",
                "Enter the name of the file, or switch file logging off."
            )
        }
    }

    func write(to form: inout ProfileForm) {
        form.set(.systemLog, systemLog)
        form.set(.fileLog, fileLog)
        form[.logFileName] = fileName
    }

    /// The file to write to; nil when none is wanted.
    package var file: LogFileName? {
        // An empty name is the only one that is none.
        fileLog ? try? LogFileName(parsing: fileName) : nil
    }
}
