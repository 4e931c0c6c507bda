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
            cause: "The worker that ran the test stopped after it had handed the message over and "
                + "before the server's answer was recorded. The server may have accepted it.",
            advice: "The message is not sent again by itself. Look for the Message-ID "
                + "\(messageID) in the recipient's mailbox or in the server's log; "
                + "if it is not there, start the test again.",
            whoCanFix: .administrator,
            temporary: true,
            reply: nil
        )
    }

    /// Each of several workers died, or lost the database, before the final dot.
    static func workersDied(_ count: Int) -> Verdict {
        Verdict(
            code: .workerLost,
            step: nil,
            field: nil,
            cause: "The test was begun \(count) times, and each time the worker that ran it "
                + "stopped before the message was handed over. Nothing was sent.",
            advice: "Start the test again. If this repeats, tell the operator of this "
                + "installation: the log of the workers says why they stop.",
            whoCanFix: .administrator,
            temporary: true,
            reply: nil
        )
    }

    /// Cancelled before there was anything to interrupt.
    static let cancelledEarly = Verdict(
        code: .cancelled,
        step: nil,
        field: nil,
        cause: "The test was cancelled before a message was handed over. Nothing was sent.",
        advice: "",
        whoCanFix: nil,
        temporary: false,
        reply: nil
    )

    /// The snapshot does not open.
    static let settingsUnreadable = Verdict(
        code: .settingsUnreadable,
        step: .credentials,
        field: nil,
        cause: "The settings of this test were kept encrypted, and the key that opens them is "
            + "missing or another one. Nothing was sent.",
        advice: "Start the test again. If this repeats, ask the operator of this installation "
            + "to check the master keys.",
        whoCanFix: .administrator,
        temporary: false,
        reply: nil
    )

    /// What the database has of the test is not what Sendproof writes.
    static let rowUnreadable = Verdict(
        code: .settingsUnreadable,
        step: .credentials,
        field: nil,
        cause: "What the database has of this test cannot be read: something other than Sendproof "
            + "changed it. Nothing was sent.",
        advice: "Start the test again. If this repeats, ask the operator of this installation "
            + "what writes to the database.",
        whoCanFix: .administrator,
        temporary: false,
        reply: nil
    )

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
            temporary: false,
            reply: nil
        )
    }

    /// Of a trace that is looked at before its test has ended.
    static let unfinished = Verdict(
        code: .unfinished,
        step: nil,
        field: nil,
        cause: "The test has not ended yet.",
        advice: "",
        whoCanFix: nil,
        temporary: true,
        reply: nil
    )
}
