import ArgumentParser
import Cryptography
import EmailSettings
import Glibc
import Mail
import Observability
import SMTP
import Sockets
import TestSends

/// Tests settings from a file, without a database.
struct TestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Test settings from a file and print the trace.",
        discussion: """
            The file has the fields of an email profile as JSON. A password is
            {"value": "…"} or {"file": "/path"}. Exit code: 0 accepted, 1 failed, 2 wrong usage.
            """,
        subcommands: [Connection.self, Send.self]
    )

    /// Never stopped: the command ends while a sign-in may still wait for its Kerberos server.
    private static let signInPool = BlockingPool(threads: 1, queueLimit: 16)

    /// What both tests take.
    struct Options: ParsableArguments {
        @OptionGroup var file: SettingsFileOptions

        @Flag(help: "Print the trace as JSON.")
        var json = false

        static func engine() throws -> Engine {
            let settings = Settings()
            return Engine(
                resolver: try settings.resolver(),
                blocking: signInPool,
                proxyEnvironment: try settings.proxyEnvironment()
            )
        }

        func finish(_ trace: Trace) throws {
            if json {
                print(String(decoding: trace.json.bytes, as: UTF8.self))
            } else {
                print(TerminalTrace.text(trace))
            }
            if trace.outcome != .accepted { throw ExitCode(1) }
        }
    }

    /// Everything up to and including the sign-in; no mail.
    struct Connection: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Connect, encrypt and sign in; send nothing."
        )

        @OptionGroup var options: Options

        func run() async throws {
            let settings = try options.file.effectiveSettings()
            let group = try EventLoopGroup(count: 1)
            let trace = try await Options.engine().testConnection(
                settings.connection,
                on: group.next
            )
            try options.finish(trace)
        }
    }

    /// A real message.
    struct Send: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Send a test email.")

        @OptionGroup var options: Options

        @Option(help: "The recipient; the From address when left out.")
        var to: String?

        func run() async throws {
            let settings = try options.file.effectiveSettings()
            let recipient: Address
            do throws(MailError) {
                recipient =
                    try to.map { text throws(MailError) in try Address(parsing: text) }
                    ?? settings.fromAddress
            } catch {
                throw ValidationError("--to: \(error.userText)")
            }
            let group = try EventLoopGroup(count: 1)
            let trace = try await Options.engine().send(
                try submission(settings, to: recipient),
                with: settings.connection,
                on: group.next
            )
            try options.finish(trace)
        }

        private func submission(
            _ settings: EffectiveSettings,
            to recipient: Address
        ) throws -> Submission {
            let token = RandomSource.system.token(bytes: 12)
            let messageID = try MessageID(
                token: "test-\(token)",
                domain: settings.fromAddress.asciiDomain
            )
            let test = TestMessage(
                tenant: "the command line",
                profile: settings.profileName,
                sender: "the command line",
                sentAt: MessageDate(secondsSince1970: UnixTime.now),
                settings: [("Server", settings.destination)],
                token: token,
                options: settings.draft.message.options
            )
            let message = test.message(
                from: settings.from,
                to: Mailbox(address: recipient),
                messageID: messageID
            )
            return try settings.submission(
                of: message,
                to: [recipient],
                envelopeID: token,
                at: MessageDate(secondsSince1970: UnixTime.now)
            )
        }
    }
}
