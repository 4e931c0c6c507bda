import Foundation
import SMTP
import TestSupport
import Testing

/// A message as the database has it, placed there without the API and without a worker.
struct PlacedMessage {
    var subject = "Backup finished"
    var recipients = ["ada@customer.example"]
    var event = ""
    var requestedBy = "Otto"
    /// Nil: it waits, or is being sent.
    var outcome: String?
    var isRunning = false
    var attempts = 0
    /// What the last attempt came to; with steps for one that failed.
    var trace: Trace?
    var profile: String?
    var queueID: String?
    /// What has been decided: recipient, outcome, the relay's code.
    var decided: [(recipient: String, outcome: String, code: Int?)] = []
    /// How long ago it was handed over, as SQL says it.
    var age = "0 seconds"
    /// How long until it is tried.
    var delay = "-1 second"

    /// Places it into a tenant and gives its id.
    @discardableResult
    func place(in scene: ConsoleScene, _ slug: String) throws -> String {
        let id = UUID().uuidString.lowercased()
        try scene.home.arrange(
            """
            INSERT INTO messages (id, tenant_id, requested_by_name, event, subject, recipients,
                content, digest, message_id, queued_at, profile_id, profile_name, verdict_code,
                queue_id, result, decided, attempts, outcome, finished_at)
            SELECT '\(id)', t.id, \(quoted(requestedBy)), \(quoted(event)), \(quoted(subject)),
                ARRAY[\(recipients.map { quoted($0) }.joined(separator: ", "))],
                \(outcome == nil ? "'sealed'" : "NULL"), decode(repeat('00', 32), 'hex'),
                '<\(id)@borealis.example>', now() - interval '\(age)', \(quoted(profile)),
                \(profile == nil ? "NULL" : "'Main'"), \(quoted(trace?.verdict.code.rawValue)),
                \(quoted(queueID)), \(quoted(trace.map { text($0.withoutSteps.json) })),
                \(quoted(decided.isEmpty ? nil : decidedJSON)), \(attempts), \(quoted(outcome)),
                \(outcome == nil ? "NULL" : "now()")
            FROM tenants t WHERE t.slug = '\(slug)';
            \(outcome == nil ? job(id) : "")
            \(trace.map { attempt($0, of: id) } ?? "")
            """
        )
        return id
    }

    private func job(_ id: String) -> String {
        """
        INSERT INTO jobs (id, tenant_id, kind, subject, state, run_after, claim, lease_until)
        SELECT gen_random_uuid(), tenant_id, 'delivery', id, '\(isRunning ? "running" : "queued")',
            now() + interval '\(delay)', \(isRunning ? "gen_random_uuid()" : "NULL"),
            \(isRunning ? "now() + interval '1 hour'" : "NULL")
        FROM messages WHERE id = '\(id)';
        """
    }

    private func attempt(_ trace: Trace, of id: String) -> String {
        """
        INSERT INTO delivery_attempts (tenant_id, message_id, number, started_at, outcome,
            verdict_code, trace)
        SELECT tenant_id, id, number, now() - interval '1 minute' * (\(attempts) - number),
            '\(trace.outcome.rawValue)', '\(trace.verdict.code.rawValue)',
            \(quoted(text(trace.json)))
        FROM messages, generate_series(1, \(attempts)) number WHERE id = '\(id)';
        """
    }

    private var decidedJSON: String {
        let items = decided.map {
            #"{"recipient": "\#($0.recipient)", "outcome": "\#($0.outcome)", "#
                + #""code": \#($0.code.map(String.init) ?? "null"), "enhanced": null}"#
        }
        return "[\(items.joined(separator: ", "))]"
    }

    private func text(_ json: JSON) -> String { String(decoding: json.bytes, as: UTF8.self) }

    private func quoted(_ text: String?) -> String {
        text.map { "$quoted$\($0)$quoted$" } ?? "NULL"
    }
}

extension Trace {
    /// A relay that refuses the recipient; `payload` stands wherever a relay has words.
    static func refused(
        _ code: VerdictCode = .recipientRejected,
        field: String? = "host",
        payload: String = "no such user"
    ) -> Trace {
        Trace(
            kind: .send,
            outcome: .failed,
            startedAt: .now,
            durationMilliseconds: 12,
            messageID: nil,
            queueID: nil,
            verdict: Verdict(
                code: code,
                step: .recipient,
                field: field,
                cause: "The server refused: \(payload)",
                advice: "Ask: \(payload)",
                whoCanFix: .mailAdministrator,
                temporary: true,
                reply: Verdict.RelayReply(code: 550, enhanced: "5.1.1", text: payload)
            ),
            addresses: [AddressResult(address: "127.0.0.1", outcome: .failed, step: .recipient)],
            steps: [
                Step(
                    name: .connect,
                    address: "127.0.0.1",
                    status: .ok,
                    offsetMilliseconds: 0,
                    durationMilliseconds: 2,
                    facts: [],
                    lines: []
                ),
                Step(
                    name: .recipient,
                    address: "127.0.0.1",
                    status: .failed,
                    offsetMilliseconds: 4,
                    durationMilliseconds: 8,
                    facts: [Fact("note", payload)],
                    lines: [Line(from: .relay, text: "550 5.1.1 \(payload)")]
                ),
            ]
        )
    }
}
