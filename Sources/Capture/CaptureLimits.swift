/// How much a client of the capture relay may use.
package struct CaptureLimits: Sendable {
    /// Bytes of one message, as SIZE announces them (RFC 1870).
    package var messageBytes = 10 * 1_048_576
    package var connections = 50
    /// How long a client may say nothing.
    package var idle: Duration = .seconds(60)

    /// Bytes of a line with its CRLF: the longest that any command needs, an AUTH response
    /// (RFC 4954 section 4).
    static let lineBytes = 12_288
    /// Recipients of one message (RFC 5321 section 4.5.3.1.8 asks for 100).
    static let recipients = 100
    /// Commands not understood before the connection ends.
    static let badCommands = 20

    package init() {}
}
