import SMTP
import TestSends

/// Where the links on a test's page lead; support has no actions.
struct TestLinks {
    let cancelURL: String?
    let back: PageLink?
    let downloadURL: String
    /// The form whose fields a verdict names.
    let formURL: String?
}

extension OutcomePanel {
    init(_ run: TestRun, _ steps: [TestStep], _ links: TestLinks) {
        let isFinished = run.status.isFinished
        let outcome = OutcomeWords(run)
        self.init(
            badge: StateBadge(run.status),
            headline: outcome.headline,
            sentence: outcome.sentence,
            documentTitle: "\(outcome.headline) · \(run.heading)",
            verdict: run.status == .accepted || run.status == .cancelled
                ? nil
                : run.verdict.map {
                    VerdictCard(
                        $0,
                        hidesRelay: run.hidesRelay,
                        reproduction: run.reproduction,
                        formURL: links.formURL
                    )
                },
            hasAddresses: !run.addresses.isEmpty,
            addresses: run.addresses.map {
                AddressRow($0, run.verdict?.cause, steps.map(\.step))
            },
            addressesNote: "Every address the host name leads to was tried.",
            cancelURL: isFinished || run.isCancelRequested ? nil : links.cancelURL,
            again: nil,
            back: links.back,
            downloadURL: isFinished ? links.downloadURL : nil,
            plainText: isFinished ? PlainTrace.text(run, steps) : nil
        )
    }
}

/// A test's end in exact words: what the server said, never more.
struct OutcomeWords {
    let headline: String
    let sentence: String

    init(_ run: TestRun) {
        headline =
            run.status == .accepted && run.kind == .connection
            ? "Connection works" : run.status.title
        sentence =
            switch run.status {
            case .queued: "Waiting for a free worker."
            case .running:
                run.isCancelRequested
                    ? "Being cancelled." : "The steps appear below as they happen."
            case .accepted: Self.accepted(run)
            case .failed: Self.failed(run)
            case .timedOut: "The test took too long and was stopped."
            case .cancelled:
                run.kind == .send
                    ? "The test was cancelled before the message was handed over."
                    : "The test was cancelled before it had a result."
            case .outcomeUnknown:
                "The connection ended after the message was handed over and before the server "
                    + "answered. It may have been accepted; it is not sent again by itself."
            }
    }

    /// How far it came, and what that means for the message; the cause stands below.
    private static func failed(_ run: TestRun) -> String {
        let place = run.verdict?.step.map { "Stopped at “\($0.title)”." } ?? "The test failed."
        guard run.kind == .send else { return place }
        guard let queueID = run.queueID else { return place + " No message was sent." }
        return "\(place) The message itself was accepted as \(queueID)."
    }

    private static func accepted(_ run: TestRun) -> String {
        guard run.kind == .send else {
            return "The server was reached on every address, up to and including the sign-in. "
                + "No mail was sent."
        }
        let queue = run.queueID.map { " as \($0)" } ?? ""
        return "The server accepted the message for \(run.recipient ?? "the recipient")\(queue). "
            + "Look into the mailbox: accepted does not mean delivered."
    }
}

extension TestRun {
    var heading: String {
        kind == .send
            ? "Test send to \(recipient ?? "nobody")"
            : "Connection test of \(destination)"
    }
}

extension VerdictCard {
    /// `formURL` is the form whose fields the verdict names; nil: it is not the reader's to change.
    init(
        _ verdict: Verdict,
        hidesRelay: Bool,
        reproduction: [String] = [],
        formURL: String?
    ) {
        self.init(
            cause: verdict.cause,
            reason: nil,
            advice: verdict.advice,
            fieldLink: Self.link(verdict.field, formURL),
            whoIcon: WhoWords.icon(verdict.whoCanFix),
            whoLabel: hidesRelay && verdict.whoCanFix == .mailAdministrator
                ? "The operators of this service" : WhoWords.label(verdict.whoCanFix),
            reply: verdict.reply.map {
                RelayReply(
                    code: [String($0.code), $0.enhanced].compactMap(\.self).joined(separator: " "),
                    text: $0.text
                )
            },
            code: verdict.code.rawValue,
            command: reproduction.isEmpty ? nil : reproduction.joined(separator: "\n")
        )
    }

    private static func link(_ field: String?, _ form: String?) -> PageLink? {
        guard let field, let label = FieldPlaces.label(field), let form else { return nil }
        return PageLink(
            url: "\(form)#\(FieldOrder.anchor(field))",
            label: "Change “\(label)”"
        )
    }
}

/// Who can fix it, in words.
enum WhoWords {
    static func label(_ who: WhoCanFix?) -> String {
        switch who {
        case .administrator?: "You, the administrator"
        case .mailAdministrator?: "The mail server's administrator"
        case .network?: "Your network team"
        case .entraAdministrator?: "The Microsoft Entra administrator"
        case .vaultAdministrator?: "The vault's administrator"
        case .recipient?: "The recipient"
        case nil: "Nobody needs to"
        }
    }

    static func icon(_ who: WhoCanFix?) -> String {
        switch who {
        case .administrator?, nil: "user"
        case .mailAdministrator?: "server"
        case .network?: "network"
        case .entraAdministrator?: "cloud"
        case .vaultAdministrator?: "key"
        case .recipient?: "inbox"
        }
    }
}

extension AddressRow {
    /// `cause` is said of an address that has none of its own.
    init(_ result: AddressResult, _ cause: String?, _ steps: [Trace.Step]) {
        let (badge, words) =
            switch result.outcome {
            case .ok: (StateBadge(tone: "good", label: "OK"), "Works")
            case .failed:
                (
                    StateBadge(tone: "bad", label: "Failed"),
                    result.cause ?? cause ?? ""
                )
            case .skipped: (StateBadge(tone: "neutral", label: "Skipped"), "Not tried")
            }
        self.init(
            address: result.address,
            badge: badge,
            step: result.step?.title ?? (result.outcome == .ok ? "The end" : "–"),
            marks: steps.filter { $0.address == result.address }.map {
                let badge = StateBadge($0.status)
                return StepMark(tone: badge.tone, words: "\($0.name.title): \(badge.label)")
            },
            words: words
        )
    }
}

/// The whole trace as text, for a ticket or a mail.
enum PlainTrace {
    static func text(_ run: TestRun, _ steps: [TestStep]) -> String {
        var lines = [
            run.heading, "\(run.status.title): \(OutcomeWords(run).sentence)",
            "Started \(DisplayTime(run.queuedAt).text) by \(run.requestedBy), test \(run.id)",
        ]
        if let verdict = run.verdict, run.status != .accepted {
            lines.append("Cause: \(verdict.cause)")
            lines.append("Code: \(verdict.code.rawValue)")
            lines.append("What to change: \(verdict.advice)")
            lines.append("Who can fix it: \(WhoWords.label(verdict.whoCanFix))")
        }
        lines.append("")
        for step in steps.map(\.step) {
            lines.append(
                "[\(step.status.rawValue)] \(step.title) \(durationText(step.durationMilliseconds))"
            )
            for fact in step.facts {
                lines.append("    \(FactNames.title(fact.name)): \(fact.value.displayText)")
            }
            for line in step.lines {
                lines.append("    \(line.from == .relay ? "<" : ">") \(line.text)")
            }
        }
        return lines.joined(separator: "\n")
    }
}
