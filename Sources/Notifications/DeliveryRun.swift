import EmailSettings
import Jobs
import Mail
import MicrosoftGraph
import Postgres
import SMTP
import Sockets
import TestSends

/// One attempt at one message: composed with what the tenant sends with now, and handed over.
///
/// One object, as its steps and what is recorded afterwards refer to all of it.
final class DeliveryRun: Sendable {
    let message: StoredMessage
    let content: MessageContent
    let settings: EffectiveSettings
    let claim: JobClaim
    let begunAt = Deadline.now
    let loop: EventLoop
    private let worker: DeliveryWorker

    /// The longest time of one attempt; an address has at most 255 seconds of its own.
    private static let timeLimit: Duration = .seconds(600)

    init(
        message: StoredMessage,
        content: MessageContent,
        settings: EffectiveSettings,
        claim: JobClaim,
        worker: DeliveryWorker,
        loop: EventLoop
    ) {
        self.message = message
        self.content = content
        self.settings = settings
        self.claim = claim
        self.worker = worker
        self.loop = loop
    }

    /// Those who are not decided yet.
    var recipients: [Address] {
        content.recipients.filter { recipient in
            !message.decided.contains { $0.recipient == recipient.text }
        }
    }

    /// Hides the platform's relay; nil when the connection is the tenant's own.
    var redaction: RelayRedaction? {
        guard settings.usesPlatformRelay else { return nil }
        return RelayRedaction(
            host: settings.connection.host.text,
            own: ([settings.fromAddress] + content.recipients).flatMap {
                [$0.domain, $0.asciiDomain]
            }
        )
    }

    /// Throws: `SMIMEProblem`, `MailError`, what the database throws; nothing was handed over then.
    func perform() async throws -> Trace {
        let deadline = Deadline.after(Self.timeLimit)
        let run = MailRun(
            settings,
            .send,
            tenant: claim.tenant,
            tokens: worker.tokens,
            sources: worker.sources,
            on: loop,
            until: deadline
        )
        return try await run.perform(
            onStep: { _ in },
            submit: { account, settings, _ in
                try await worker.engine.graph(for: settings).send(
                    try await composed { try settings.graphSubmission(of: $0, at: Self.now) },
                    with: account,
                    on: loop,
                    until: deadline,
                    beforeSubmit: { try await self.mark() }
                )
            },
            talk: { connection, _ in
                let recipients = recipients
                return try await worker.connections.of(settings).send(
                    try await composed {
                        try self.settings.submission(
                            of: $0,
                            to: recipients,
                            envelopeID: self.message.message.description,
                            at: Self.now
                        )
                    },
                    with: connection,
                    on: loop,
                    until: deadline,
                    beforeFinalDot: { try await self.mark() }
                )
            }
        )
    }

    private func mark() async throws {
        try await worker.store.mark(claim, on: loop)
    }

    private static var now: MessageDate {
        MessageDate(secondsSince1970: Timestamp.now().microseconds / 1_000_000)
    }

    /// The message; signing and encrypting is work for a thread that may take its time.
    private func composed<Made: Sendable>(
        _ make: @escaping @Sendable (Message) throws -> Made
    ) async throws -> Made {
        let composed = try composed()
        let smime = settings.draft.smime
        guard smime.signEnabled || smime.encryptEnabled else { return try make(composed) }
        return try await worker.engine.engine(for: settings).blocking.run { try make(composed) }
    }

    /// The same in every attempt, but for what the profile says by now.
    private func composed() throws -> Message {
        var composed = Message(
            from: settings.from,
            to: content.to,
            subject: content.subject,
            text: content.text,
            html: content.html,
            date: MessageDate(secondsSince1970: message.queuedAt.microseconds / 1_000_000),
            messageID: try MessageID(stored: message.messageID)
        )
        composed.options = settings.messageOptions
        composed.options.cc = content.cc
        composed.options.bcc = content.bcc
        if !content.replyTo.isEmpty { composed.options.replyTo = content.replyTo }
        return composed
    }
}

/// Connections that are kept between messages, for relays of tenants and for the platform's.
struct DeliveryConnections: Sendable {
    private let tenants: Connections
    private let platform: Connections

    init(_ engine: TestEngine, limits: Connections.Limits) {
        tenants = Connections(engine.tenants, limits: limits)
        platform = Connections(engine.platform, limits: limits)
    }

    func of(_ settings: EffectiveSettings) -> Connections {
        settings.usesPlatformRelay ? platform : tenants
    }

    func close() async {
        await tenants.close()
        await platform.close()
    }
}
