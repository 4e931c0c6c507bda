import Mail
import SMTP

/// Ends that come from the work around the conversation, and not from the relay.
extension Verdict {
    /// The worker died after the final dot could have been sent.
    static func workerDied(afterFinalDotOf messageID: String) -> Verdict {
        Verdict(
            code: .outcomeUnknown,
            step: .data,
            field: nil,
            cause: "The worker stopped after it had handed the message over and before the "
                + "server's answer was recorded. The server may have accepted it.",
            advice: "The message is not sent again by itself. Look for the Message-ID "
                + "\(messageID) in the recipient's mailbox or in the server's log; if it is not "
                + "there, let the system that asked for it hand it over again.",
            whoCanFix: .administrator,
            temporary: false,
            reply: nil
        )
    }

    /// Whoever began it stopped before it was handed over, until the time was up.
    static let workersDied = Verdict(
        code: .workerLost,
        step: nil,
        field: nil,
        cause: "Each worker that began the message stopped before it was handed over. Nothing was "
            + "sent.",
        advice: "Tell the operator of this installation: the log of the workers says why they "
            + "stop. Then let the system that asked for the message hand it over again.",
        whoCanFix: .administrator,
        temporary: false,
        reply: nil
    )

    /// There is nothing to send with.
    static let emailDisabled = Verdict(
        code: .emailDisabled,
        step: .credentials,
        field: nil,
        cause: "Email is disabled: no profile is active, or the active one has no server. Nothing "
            + "was sent.",
        advice: "Activate a profile that has a server, or an application secret for Office 365. "
            + "The message is tried at once then.",
        whoCanFix: .administrator,
        temporary: true,
        reply: nil
    )

    /// The settings or the message do not open.
    static func unusable(_ reason: String, isTemporary: Bool) -> Verdict {
        Verdict(
            code: .settingsUnreadable,
            step: .credentials,
            field: nil,
            cause: "The message could not be prepared. Nothing was sent.",
            advice: reason,
            whoCanFix: .administrator,
            temporary: isTemporary,
            reply: nil
        )
    }

    /// The message cannot be signed or encrypted.
    static func unprotected(_ problem: SMIMEProblem) -> Verdict {
        let isRecipients = [.notForEncryption, .noRecipients].contains(problem)
        return Verdict(
            code: .smimeFailed,
            step: .data,
            field: isRecipients ? "encryptCertificate" : "signCertificate",
            cause: "The message could not be signed or encrypted. Nothing was sent.",
            advice: problem.userText,
            whoCanFix: .administrator,
            temporary: true,
            reply: nil
        )
    }
}

extension Trace {
    /// An end without a conversation.
    init(endedBy verdict: Verdict, _ outcome: TraceOutcome, messageID: String) {
        self.init(
            kind: .send,
            outcome: outcome,
            startedAt: .now,
            durationMilliseconds: 0,
            messageID: messageID,
            queueID: nil,
            verdict: verdict,
            addresses: [],
            steps: []
        )
    }
}
