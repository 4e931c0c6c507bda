import EmailSettings
import Mail
import MicrosoftGraph
import OAuth
import Postgres
import SMTP

/// All that a worker needs for one attempt at one test, with the credentials open.
struct TestOrder: Sendable {
    let test: UUID
    let tenant: UUID
    let tenantName: String
    let kind: TestKind
    let settings: EffectiveSettings
    let recipient: Address?
    let requestedBy: String
    let queuedAt: Timestamp
    /// The highest step number that was ever used for the test.
    let lastStep: Int

    /// Hides the platform's relay; nil when the connection is the tenant's own.
    var redaction: RelayRedaction? {
        guard settings.usesPlatformRelay else { return nil }
        return RelayRedaction(
            host: settings.connection.host.text,
            own: [settings.fromAddress, recipient].compactMap { $0 }.flatMap {
                [$0.domain, $0.asciiDomain]
            }
        )
    }

    /// The step that opening the snapshot was.
    func credentialsStep(milliseconds: Int) -> Trace.Step {
        let connection = settings.connection
        return Trace.Step(
            name: .credentials,
            address: nil,
            status: .ok,
            offsetMilliseconds: 0,
            durationMilliseconds: milliseconds,
            facts: [
                Fact("authentication", connection.authentication.rawValue),
                Fact("username", connection.username == nil ? "none" : "stored"),
                Fact("password", connection.password == nil ? "none" : "stored"),
            ] + (settings.tokenSource.map { [Fact("token", "fetched: \($0.grant.name)")] } ?? []),
            lines: []
        )
    }

    /// The message of a test send; the same in every attempt, but for nothing.
    ///
    /// Throws: `recipientRequired`; `MailError` when the From address cannot name a message.
    func submission() throws -> Submission {
        let (message, recipient) = try message()
        return try settings.submission(
            of: message,
            to: [recipient],
            envelopeID: test.description,
            at: Self.now
        )
    }

    /// The same for Microsoft Graph.
    func graphSubmission() throws -> GraphSubmission {
        try settings.graphSubmission(of: message().message, at: Self.now)
    }

    private static var now: MessageDate {
        MessageDate(secondsSince1970: Timestamp.now().microseconds / 1_000_000)
    }

    private func message() throws -> (message: Message, recipient: Address) {
        guard let recipient else { throw TestSendsError.recipientRequired }
        let messageID = try MessageID(
            token: "test-\(test)",
            domain: settings.fromAddress.asciiDomain
        )
        let seconds = queuedAt.microseconds / 1_000_000
        let test = TestMessage(
            tenant: tenantName,
            profile: settings.profileName,
            sender: requestedBy,
            sentAt: MessageDate(secondsSince1970: seconds),
            settings: [("Server", settings.destination)],
            token: test.description,
            options: settings.messageOptions
        )
        let message = test.message(
            from: settings.from,
            to: Mailbox(address: recipient),
            messageID: messageID
        )
        return (message, recipient)
    }
}
