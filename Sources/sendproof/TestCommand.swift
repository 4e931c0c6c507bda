import ArgumentParser
import Cryptography
import EmailSettings
import Glibc
import Mail
import MicrosoftGraph
import Observability
import Outbound
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

        /// For settings that send with Office 365.
        static func graph() throws -> GraphEngine {
            let settings = Settings()
            return GraphEngine(
                https: HTTPSClient(
                    resolver: try settings.resolver(),
                    blocking: signInPool
                ),
                proxyEnvironment: try settings.proxyEnvironment()
            )
        }

        /// Fetches the access token, if one is needed, and has `talk` do the rest.
        static func run(
            _ settings: EffectiveSettings,
            _ kind: TraceKind,
            on loop: EventLoop,
            _ talk: @escaping (Engine, ConnectionSettings) async throws -> Trace
        ) async throws -> Trace {
            let own = Settings()
            let run = TokenRun(
                settings,
                kind,
                tenant: nil,
                tokens: AccessTokens(
                    resolver: try own.resolver(),
                    egress: .everything,
                    blocking: signInPool,
                    proxyEnvironment: try own.proxyEnvironment(),
                    refreshTokens: nil
                ),
                on: loop,
                until: .never
            )
            let engine = try engine()
            return try await withTaskExecutorPreference(loop) {
                try await run.perform(onStep: { _ in }) { connection, _ in
                    try await talk(engine, connection)
                }
            }
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
            let loop = group.next
            let trace =
                if let account = settings.graphAccount {
                    try await Options.graph().testConnection(account, on: loop)
                } else {
                    try await Options.run(settings, .connection, on: loop) {
                        try await $0.testConnection($1, on: loop)
                    }
                }
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
            let loop = group.next
            let token = RandomSource.system.token(bytes: 12)
            let message = try message(settings, to: recipient, token)
            let now = MessageDate(secondsSince1970: UnixTime.now)
            let trace: Trace
            if let account = settings.graphAccount {
                trace = try await Options.graph().send(
                    settings.graphSubmission(of: message, at: now),
                    with: account,
                    on: loop
                )
            } else {
                let submission = try settings.submission(
                    of: message,
                    to: [recipient],
                    envelopeID: token,
                    at: now
                )
                trace = try await Options.run(settings, .send, on: loop) {
                    try await $0.send(submission, with: $1, on: loop)
                }
            }
            try options.finish(trace)
        }

        private func message(
            _ settings: EffectiveSettings,
            to recipient: Address,
            _ token: String
        ) throws -> Message {
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
                options: settings.messageOptions
            )
            return test.message(
                from: settings.from,
                to: Mailbox(address: recipient),
                messageID: messageID
            )
        }
    }
}
