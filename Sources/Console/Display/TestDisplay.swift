import Postgres
import SMTP
import TestSends

extension TestRow {
    init(_ run: TestSummary, url: String) {
        self.init(
            url: url,
            at: DisplayTime(run.queuedAt),
            kind: run.kind.title,
            subject: run.profileName,
            to: run.recipient,
            who: run.requestedBy,
            outcome: StateBadge(run.status),
            code: run.verdictCode,
            duration: run.durationMilliseconds.map(durationText) ?? "–",
            place: run.tenant.name
        )
    }
}

extension TestKind {
    var title: String {
        switch self {
        case .connection: "Connection test"
        case .send: "Test send"
        }
    }
}

extension StepItem {
    /// `total` is the length of the whole test so far, for the share of each step's bar.
    init(_ numbered: TestStep, total: Int) {
        self.init(numbered.step, number: String(numbered.number), total: total)
    }

    /// `number` is unique on the page.
    init(_ step: Trace.Step, number: String, total: Int) {
        let whole = max(total, step.offsetMilliseconds + step.durationMilliseconds, 1)
        let start = min(996, step.offsetMilliseconds * 1000 / whole)
        let width = min(1000 - start, max(4, step.durationMilliseconds * 1000 / whole))
        self.init(
            number: number,
            title: step.title,
            badge: StateBadge(step.status),
            remark: step.remark,
            duration: step.status == .skipped ? nil : durationText(step.durationMilliseconds),
            startMilliseconds: String(step.offsetMilliseconds),
            lengthMilliseconds: String(step.durationMilliseconds),
            barStart: String(start),
            barWidth: String(width),
            opened: step.status == .failed,
            facts: step.facts.flatMap(FactRow.rows),
            lines: step.lines.map {
                DialogueLine(fromRelay: $0.from == .relay, text: $0.text)
            },
            hasFacts: !step.facts.isEmpty,
            hasLines: !step.lines.isEmpty,
            hasDetails: !step.facts.isEmpty || !step.lines.isEmpty
        )
    }
}

extension FactRow {
    /// A fact, or one row for each of several things with parts, such as certificates.
    static func rows(_ fact: Fact) -> [FactRow] {
        let title = FactNames.title(fact.name)
        guard case .array(let values) = fact.value, case .object? = values.first else {
            return [FactRow(term: title, detail: fact.value.displayText)]
        }
        return values.enumerated().map {
            FactRow(term: "\(title) \($0 + 1)", detail: $1.displayText)
        }
    }
}

extension StepName {
    /// The step in words.
    var title: String {
        switch self {
        case .credentials: "Open the credentials"
        case .resolve: "Look up the host"
        case .connect: "Connect"
        case .proxy: "Pass the proxy"
        case .tls: "Encrypt (TLS)"
        case .greeting: "Greeting"
        case .ehlo: "Introduce ourselves (EHLO)"
        case .startTLS: "Ask for encryption (STARTTLS)"
        case .authenticate: "Sign in"
        case .sender: "Name the sender"
        case .recipient: "Name the recipient"
        case .data: "Send the message"
        case .accepted: "Accepted by server"
        case .quit: "Say goodbye"
        case .token: "Get a token"
        case .submit: "Submit the message"
        }
    }
}

extension Trace.Step {
    /// The step in words, with its address where there is one.
    var title: String { address.map { "\(name.title) · \($0)" } ?? name.title }

    /// The fact that says most, for the folded line.
    fileprivate var remark: String? {
        let interesting = [
            "addresses", "protocol", "mechanism", "queueID", "error", "reason", "note",
        ]
        for name in interesting {
            if let fact = facts.first(where: { $0.name == name }) { return fact.value.displayText }
        }
        return nil
    }
}

extension StateBadge {
    init(_ status: StepStatus) {
        switch status {
        case .ok: self.init(tone: "good", label: "OK")
        case .warning: self.init(tone: "warning", label: "Warning")
        case .failed: self.init(tone: "bad", label: "Failed")
        case .skipped: self.init(tone: "neutral", label: "Skipped")
        }
    }
}

extension JSON {
    /// The value for people.
    var displayText: String {
        switch self {
        case .null: "none"
        case .bool(let value): value ? "yes" : "no"
        case .number(let value): String(value)
        case .string(let value): value
        case .array(let values): values.map(\.displayText).joined(separator: ", ")
        case .object(let members):
            members.map { "\(FactNames.title($0.name)): \($0.value.displayText)" }.joined(
                separator: "; "
            )
        }
    }
}

/// Names of facts as they stand on the page: `cipherSuite` becomes `Cipher suite`.
enum FactNames {
    static func title(_ name: String) -> String {
        known[name] ?? spelledOut(name)
    }

    private static let known = [
        "chain": "Certificate", "heloName": "EHLO name", "queueID": "Queue ID",
        "sha256": "SHA-256", "notBefore": "valid from", "notAfter": "until",
    ]

    private static func spelledOut(_ name: String) -> String {
        var words: [UInt8] = []
        var previousIsUpper = true
        for byte in name.utf8 {
            let isUpper = (0x41...0x5A).contains(byte)
            if isUpper && !previousIsUpper { words.append(0x20) }
            let lowers = isUpper && !previousIsUpper
            words.append(
                words.isEmpty && !isUpper && (0x61...0x7A).contains(byte)
                    ? byte - 32 : lowers ? byte + 32 : byte
            )
            previousIsUpper = isUpper
        }
        return String(decoding: words, as: UTF8.self)
    }
}
