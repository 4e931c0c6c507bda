import SASL
import Sockets

/// Turns a failure into a verdict; the sentences stand in the tables beside this file.
enum Advice {
    static func success(_ situation: Situation) -> Verdict {
        let isSend = situation.submission != nil
        let text =
            isSend
            ? "The message was accepted by the server {host}."
            : "The connection works: {host} answered on port {port}, and everything up to and "
                + "including authentication succeeded."
        return Verdict(
            code: isSend ? .accepted : .connected,
            step: nil,
            field: nil,
            cause: AdviceEntry.fill(text, situation.values(for: nil)),
            advice: "",
            whoCanFix: nil,
            temporary: false,
            reply: nil
        )
    }

    static func verdict(for failure: Failure, in situation: Situation) -> Verdict {
        let entry = entry(for: failure, in: situation)
        let values = situation.values(for: failure)
        let reply = failure.reply
        return Verdict(
            code: entry.code,
            step: failure.step,
            field: entry.field,
            cause: preface(failure, situation) + AdviceEntry.fill(entry.cause, values),
            advice: AdviceEntry.fill(entry.advice, values),
            whoCanFix: entry.who,
            temporary: entry.isTemporary || reply?.isTemporary == true,
            reply: reply?.verdictReply
        )
    }

    /// Which of several addresses failed, and what became of the message all the same.
    private static func preface(_ failure: Failure, _ situation: Situation) -> String {
        var text = ""
        if situation.addressCount > 1, let address = situation.destination?.label {
            let failed = situation.failedAddresses
            text =
                failed.count == situation.addressCount
                ? "All \(failed.count) addresses of \(situation.settings.host.text) failed; the "
                    + "first is \(address). "
                : "\(failed.count) of \(situation.addressCount) addresses of "
                    + "\(situation.settings.host.text) failed: "
                    + "\(failed.joined(separator: ", ")). "
        }
        if situation.isMessageAccepted, failure.step != .recipient {
            text += "The message itself was accepted by the server at another address. "
        }
        return text
    }

    static func entry(for failure: Failure, in situation: Situation) -> AdviceEntry {
        switch failure.reason {
        case .credentialsMissing: credentialsMissing
        case .credentialsIncomplete: credentialsIncomplete
        case .credentialsInvalid: credentialsInvalid
        case .trustedCertificatesInvalid: trustedCertificatesInvalid
        case .clientCertificateInvalid: clientCertificateInvalid
        case .noRecipient: noRecipient
        case .proxyUnusable: proxyUnusable
        case .proxyName: proxyNotFound
        case .proxyForbidden: proxyForbidden
        case .proxyConnect(let kind): proxyConnect(kind)
        case .proxyWithoutIPv6: proxyWithoutIPv6
        case .proxy(let error): proxy(error)
        case .resolver(let kind): name(kind)
        case .mailDomain: mailDomain
        case .addressFamily: otherFamily
        case .nullMX: nullMX
        case .exchanger(_, let kind): exchanger(kind)
        case .connect(let kind): network(kind)
        case .forbidden: forbidden
        case .tlsExpected: tlsExpected
        case .outdatedTLS: outdatedTLS
        case .tls(let error): tls(error, at: failure.step, in: situation)
        case .connection(let kind): lost(kind, at: failure.step, in: situation)
        case .violation(let violation): Self.violation(violation)
        case .unsolicited: unexpectedReply
        case .reply(let reply): refusal(reply, at: failure.step)
        case .startTLSNotOffered: startTLSNotOffered
        case .startTLSRefused: startTLSRefused
        case .injectedPlaintext: injectedPlaintext
        case .mechanismNotOffered(let offered, _, let hasStartTLS):
            notOffered(offered, hasStartTLS: hasStartTLS, in: situation)
        case .plaintextForbidden: plaintextForbidden
        case .signIn(let error, let mechanism): signIn(error, mechanism)
        case .signInTimedOut(let mechanism): mechanism == .gssapi ? kdcUnreachable : signInBusy
        case .signInBusy: signInBusy
        case .relayProofMissing: relayProofMissing
        case .challengeUnexpected: challengeUnexpected
        case .refused(let reply, let mechanism, _): refused(reply, mechanism)
        case .tooLarge: tooLarge
        case .utf8NotOffered: utf8NotOffered
        case .eightBitNotOffered: eightBitNotOffered
        case .requireTLSUnverified: requireTLSUnverified
        case .requireTLSNotOffered: requireTLSNotOffered
        case .lineTooLong: lineTooLong
        case .recipientsRefused: recipientsRefused
        case .cancelled: cancelled
        case .timedOut: timedOut
        case .unanswered: unanswered
        }
    }

    /// The first rule that fits the relay's words.
    static func refusal(_ reply: Reply, at step: StepName) -> AdviceEntry {
        // A success code at the wrong place; a challenge is refused by us.
        guard reply.code >= 400 || step == .authenticate else { return unexpectedReply }
        let rules = anywhereRules + rules(at: step)
        if let rule = rules.first(where: { $0.matches(step, reply) }) { return rule.entry }
        return reply.isTemporary ? temporaryRefusal : unexpectedReply
    }

    private static func rules(at step: StepName) -> [ReplyRule] {
        switch step {
        case .greeting, .ehlo, .startTLS: conversationRules
        case .authenticate: authenticationRules
        case .sender, .recipient: pathRules
        default: dataRules
        }
    }

    /// Every sentence of the tables, for the test that compares them with the documentation.
    static var allEntries: [AdviceEntry] {
        (anywhereRules + conversationRules + authenticationRules + pathRules + dataRules)
            .map(\.entry) + singleEntries + signInEntries
    }
}

extension Failure {
    /// The relay's answer that decided, if one did.
    var reply: Reply? {
        switch reason {
        case .reply(let reply), .unsolicited(let reply), .startTLSRefused(let reply),
            .recipientsRefused(_, let reply), .refused(let reply, _, _):
            reply
        default: nil
        }
    }
}
