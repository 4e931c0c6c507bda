import HTTP
import Notifications
import SMTP

extension OperationDescription {
    static func message(_ name: OperationName) -> OperationDescription {
        switch name {
        case .sendMessage: return sendMessage
        case .listMessages:
            var words = OperationDescription(
                "The log of messages",
                "A page, the newest message first",
                .object("MessageList")
            )
            words.query = messageFilters
            return words
        case .retryMessages:
            var words = OperationDescription(
                "Try all messages that wait now",
                "How many waited for a later time",
                .object("RetriedMessages")
            )
            words.status = .accepted
            return words
        case .cancelMessage, .retryMessage:
            let cancels = name == .cancelMessage
            var words = OperationDescription(
                cancels ? "Cancel a message that waits" : "Try a message that waits now",
                cancels ? "The message, which is sent to nobody" : "The message, which is due",
                .object("Message")
            )
            words.status = cancels ? .ok : .accepted
            words.ownProblems = [.conflict]
            return words
        default:
            var words = OperationDescription(
                "A message: how far it is, and its attempts",
                "The message, without its content",
                .object("Message")
            )
            words.outputExample = Examples.message
            return words
        }
    }

    private static var sendMessage: OperationDescription {
        var words = OperationDescription(
            "Hand over a message",
            "The message, which is kept and now waits for a worker",
            .object("Message")
        )
        words.status = .accepted
        words.input = "MessageInput"
        words.inputExample = Examples.messageInput
        words.headers = ["Location"]
        words.isRepeatable = true
        words.ownProblems = [.conflict, .tooManyRequests]
        return words
    }

    private static let messageFilters: [QueryItem] = [
        QueryItem(
            name: "status",
            kind: .choice(DeliveryStatus.allCases.map(\.rawValue)),
            note: "How far it is, or how it ended"
        ),
        QueryItem(name: "recipient", kind: .text, note: "A part of a recipient's address"),
        QueryItem(name: "subject", kind: .text, note: "A part of the subject"),
        QueryItem(name: "event", kind: .text, note: "What the system called the occasion"),
        QueryItem(name: "code", kind: .text, note: "The beginning of the verdict's code"),
        QueryItem(name: "from", kind: .text, note: "At this time or later: 2026-11-21T10:00, UTC"),
        QueryItem(name: "until", kind: .text, note: "Before this time"),
        QueryItem(name: "before", kind: .text, note: "Where a page ended; use next instead"),
    ]
}

extension Examples {
    static let messageInput: JSON = [
        "to": ["Ada <ada@customer.example>"], "subject": "Backup finished",
        "text": "The nightly backup has finished.\n", "event": "backup.finished", "notifyCc": true,
    ]

    static let message: JSON = {
        let path = "/api/v1/t/borealis/messages/5b1c9f6e-30b5-4b0a-9d0a-0c1f6d9d7a21"
        let verdict: JSON = [
            "code": "tcp.refused", "step": "connect", "field": "port",
            "cause": "192.0.2.1 refused the connection on port 587.",
            "advice": "Check the port, and that the server runs.",
            "whoCanFix": "mailAdministrator", "temporary": true, "reply": nil,
        ]
        let address: JSON = [
            "address": "192.0.2.1", "outcome": "failed", "step": "connect",
            "cause": "It refused the connection.",
        ]
        let trace: JSON = [
            "kind": "send", "outcome": "failed", "startedAt": "2026-11-21T10:00:00Z",
            "durationMilliseconds": 31, "messageID": nil, "queueID": nil, "verdict": verdict,
            "addresses": [address],
            "steps": [
                [
                    "name": "connect", "address": "192.0.2.1", "status": "failed",
                    "offsetMilliseconds": 3, "durationMilliseconds": 28,
                    "facts": ["port": 587], "lines": [],
                ]
            ],
        ]
        return [
            "id": "5b1c9f6e-30b5-4b0a-9d0a-0c1f6d9d7a21", "status": "queued",
            "event": "backup.finished", "subject": "Backup finished",
            "recipients": ["ada@customer.example"],
            "requestedBy": "Otto (token backup server)",
            "messageID": "<5b1c9f6e-30b5-4b0a-9d0a-0c1f6d9d7a21@borealis.example>",
            "queuedAt": "2026-11-21T10:00:00Z", "finishedAt": nil, "attempts": 1,
            "nextAttemptAt": "2026-11-21T10:01:00Z",
            "profile": "3f1c1e6a-8a5b-4c55-9a53-0e3c0b9f7a11", "profileName": "Main",
            "code": "tcp.refused", "queueID": nil,
            "links": [
                "self": .string(path), "retry": .string(path + "/retry"),
                "cancel": .string(path + "/cancel"),
            ],
            "decided": [
                [
                    "recipient": "ada@customer.example", "outcome": "undecided", "code": nil,
                    "enhanced": nil,
                ]
            ],
            "verdict": verdict, "addresses": [address],
            "attemptLog": [["number": 1, "startedAt": "2026-11-21T10:00:00Z", "trace": trace]],
        ]
    }()
}
