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
                if text.isEmpty { return "" }
                guard Self.isPlain(text) else {
                    throw FieldError(
                        "logFileName",
                        "form",
                        "Enter the name of a file only, of letters, digits, dots, hyphens and "
                            + "underscores, like mail.txt; it is in the installation's log folder."
                    )
                }
                return text
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

    /// Letters, digits, `.`, `-` and `_`, at most 64, no dot at the start.
    private static func isPlain(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return (1...64).contains(bytes.count) && bytes.first != 0x2E
            && bytes.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF)
                    || byte == 0x2E || byte == 0x2D || byte == 0x5F
            }
    }
}
