import Notifications
import SMTP

/// The schemas of what answers say of messages and their attempts.
enum MessageSchemas {
    private typealias Field = FieldTable.Field

    static let answers: [(name: String, note: String, fields: [FieldTable.Field])] = [
        ("MessageSummary", "A message in the log; its content is nowhere", common),
        (
            "Message", "A message with everything that became of it; its content is nowhere",
            common + [
                Field(
                    "decided",
                    .list(.object("RecipientResult")),
                    "What has been decided about each recipient, over all attempts"
                ),
                Field("verdict", .nullable(.object("Verdict")), "Of the last attempt"),
                Field("addresses", .list(.anything), "How each address of the host fared in it"),
                Field(
                    "attemptLog",
                    .list(.object("MessageAttempt")),
                    "The attempts that did not hand it over to everybody, the last one first"
                ),
            ]
        ),
        (
            "RecipientResult", "How a recipient fared",
            [
                Field("recipient", .text, "The address"),
                Field("outcome", .choice(["accepted", "refused", "undecided"]), "How it ended"),
                Field("code", .nullable(.number(0...999)), "Of the server's answer"),
                Field("enhanced", .nullable(.text), "The same finer, like 5.1.1"),
            ]
        ),
        (
            "MessageAttempt", "An attempt to hand a message over",
            [
                Field("number", .number(1...2_147_483_647), "In the order of all attempts"),
                Field("startedAt", .time, "When it began"),
                Field("trace", .object("Trace"), "All of it"),
            ]
        ),
        ("Trace", "A whole run, as a test's download has it", trace),
        ("TraceStep", "A step of a run", Schemas.stepFields),
        ("RetriedMessages", "Messages that are tried now", [Field("count", count, "How many")]),
    ]

    private static let count = FieldTable.Kind.number(FieldTable.anyNumber)

    private static let common = [
        Field("id", .id, "Names it in addresses"),
        Field(
            "status",
            .choice(DeliveryStatus.allCases.map(\.rawValue)),
            "How far it is, or how it ended"
        ),
        Field("event", .text, "What the system calls the occasion"),
        Field("subject", .text, "Its subject"),
        Field("recipients", .list(.text), "Addresses, in the order of To, Cc and Bcc"),
        Field("requestedBy", .text, "Whose token handed it over"),
        Field("messageID", .text, "Of the message, in the server's log"),
        Field("queuedAt", .time, "When it was handed over"),
        Field("finishedAt", .nullable(.time), "When it ended"),
        Field("attempts", count, "Attempts that have ended"),
        Field(
            "nextAttemptAt",
            .nullable(.time),
            "When it is tried next; null: it is being tried, or has ended"
        ),
        Field("profile", .nullable(.id), "The profile of the last attempt"),
        Field("profileName", .nullable(.text), "Its name"),
        Field("code", .nullable(.text), "Of the verdict; docs/verdicts.md has all"),
        Field("queueID", .nullable(.text), "The server's name for the accepted message"),
        Field("links", .anything, "Addresses"),
    ]

    private static let trace = [
        Field("kind", .choice(TraceKind.allCases.map(\.rawValue)), "Whether a message is sent"),
        Field("outcome", .choice(TraceOutcome.allCases.map(\.rawValue)), "How it ended"),
        Field("startedAt", .time, "When it began"),
        Field("durationMilliseconds", count, "How long it took"),
        Field("messageID", .nullable(.text), "Of the message, in the server's log"),
        Field("queueID", .nullable(.text), "The server's name for the accepted message"),
        Field("verdict", .object("Verdict"), "The end in plain words"),
        Field("addresses", .list(.anything), "How each address of the host fared"),
        Field("steps", .list(.object("TraceStep")), "In their order"),
    ]
}
