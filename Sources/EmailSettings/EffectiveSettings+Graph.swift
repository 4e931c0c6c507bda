package import Mail
package import MicrosoftGraph
import Observability
import SMTP

extension EffectiveSettings {
    /// Who sends through Microsoft Graph; nil with SMTP, and until the application's secret is open.
    package var graphAccount: GraphAccount? {
        application?.clientSecret.flatMap(account(with:))
    }

    /// Commands that show the same from a shell; empty with SMTP.
    package var graphCommands: [String] {
        account(with: Redacted([])).map(GraphReproduction.commands) ?? []
    }

    private func account(with secret: Redacted<[UInt8]>) -> GraphAccount? {
        guard let application else { return nil }
        var account = GraphAccount(
            cloud: application.cloud,
            tenantID: application.tenantID,
            clientID: application.clientID,
            clientSecret: secret,
            mailbox: fromAddress,
            saveToSentItems: draft.office.saveToSentItems
        )
        account.proxy = connection.proxy
        return account
    }

    /// What the message says of itself, without what this method of sending cannot carry.
    package var messageOptions: MessageOptions {
        guard draft.method == .office365 else { return draft.message.options }
        var reading = FormReading(draft.form.applied)
        return MessageSettings(&reading).options
    }

    /// The message in the form that Microsoft Graph takes with these settings.
    ///
    /// It signs and encrypts where that is on, which is work for a thread that may block; `now` is
    /// the time of the signature. Throws: `SMIMEProblem`, `MailError`.
    package func graphSubmission(of message: Message, at now: MessageDate) throws -> GraphSubmission
    {
        guard draft.office.saveToSentItems else { return GraphSubmission(json: message) }
        let named = try message.naming(bcc: message.options.bcc)
        let bytes: [UInt8] =
            if let protection = try certificates.protection(of: draft.smime) {
                try named.encoded(protectedBy: protection, at: now)
            } else {
                named.encoded()
            }
        return GraphSubmission(
            mime: bytes,
            messageID: message.messageID.text,
            from: message.from.address
        )
    }
}
