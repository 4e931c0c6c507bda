import Postgres
import SMTP
import TestSends

extension JSON {
    /// A test with the steps it has so far; the platform's relay is hidden in it from its tenants,
    /// because what a tenant's scope reads never has it.
    init(_ progress: TestProgress, slug: String) {
        let run = progress.run
        let trace: JSON = [
            "addresses": .array(run.addresses.map(\.json)),
            "steps": .array(progress.steps.map { JSON($0) }),
        ]
        self = JSON(run, slug: slug).adding(trace)
    }

    /// A test without addresses and steps.
    init(_ run: TestRun, slug: String) {
        let outcome = run.status.isFinished ? run.status.rawValue : nil
        self = [
            "id": .string(run.id.description),
            "kind": .string(run.kind.rawValue),
            "status": .string(run.status.rawValue),
            "outcome": .optional(outcome),
            "profile": run.profileID.map { .string($0.description) } ?? .null,
            "profileName": .string(run.profileName),
            "person": .string(run.requestedBy),
            "recipient": .optional(run.recipient),
            "destination": .string(run.destination),
            "queuedAt": .time(run.queuedAt),
            "startedAt": .time(run.startedAt),
            "finishedAt": .time(run.finishedAt),
            "durationMilliseconds": .optional(run.durationMilliseconds),
            "attempts": .number(run.attempts),
            "isCancelRequested": .bool(run.isCancelRequested),
            "messageID": .optional(run.messageID),
            "queueID": .optional(run.queueID),
            "verdict": run.verdict?.json ?? .null,
            "reproduction": .array(run.reproduction.map(JSON.string)),
            "links": JSON.links(slug, run.id.description),
        ]
    }

    /// A row of the log.
    init(_ test: TestSummary, slug: String) {
        self = [
            "id": .string(test.id.description),
            "kind": .string(test.kind.rawValue),
            "status": .string(test.status.rawValue),
            "profileName": .string(test.profileName),
            "person": .string(test.requestedBy),
            "recipient": .optional(test.recipient),
            "code": .optional(test.verdictCode),
            "queuedAt": .time(test.queuedAt),
            "durationMilliseconds": .optional(test.durationMilliseconds),
            "links": JSON.links(slug, test.id.description),
        ]
    }

    /// A step with its number, by which an event stream goes on.
    init(_ step: TestStep) {
        self = JSON.object([JSON.Member("number", .number(step.number))]).adding(step.step.json)
    }

    private static func links(_ slug: String, _ id: String) -> JSON {
        [
            "self": .string(APIPath.test.url(slug, id)),
            "events": .string(APIPath.testEvents.url(slug, id)),
            "cancel": .string(APIPath.testCancel.url(slug, id)),
        ]
    }
}
