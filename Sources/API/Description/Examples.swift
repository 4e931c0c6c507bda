import EmailSettings
import SMTP

/// Examples of the description; a test holds each against its schema.
enum Examples {
    static let brandingInput: JSON = [
        "fromAddress": "no-reply@acme.example", "fromName": "No Reply", "version": 1,
    ]

    static let branding: JSON = [
        "fromAddress": "no-reply@acme.example", "fromName": "No Reply", "version": 2,
        "updatedAt": "2026-11-21T10:00:00Z", "updatedBy": "Ada (token nightly configuration)",
    ]

    static let profileInput: JSON = [
        "name": "Main", "fromAddress": "no-reply@borealis.example", "fromName": "No Reply",
        "host": "mail.borealis.example", "port": 587, "tls": "startTLS",
        "authentication": "plain", "username": ["value": "relay-user"],
        "password": ["value": "the password"], "version": 1,
    ]

    static let profile: JSON = {
        var form = ProfileForm()
        form[.name] = "Main"
        form[.fromAddress] = "no-reply@borealis.example"
        form[.host] = "mail.borealis.example"
        form[.port] = "587"
        form[.authentication] = "plain"
        let stored: JSON = [
            "state": "stored", "setAt": "2026-11-21T10:00:00Z", "setBy": "Otto",
        ]
        let credentials = CredentialField.allCases.map { field in
            let isSet = field == .username || field == .password
            return JSON.Member(field.rawValue, isSet ? stored : ["state": "none"])
        }
        let head: JSON = ["id": "3f1c1e6a-8a5b-4c55-9a53-0e3c0b9f7a11"]
        return head.adding(.object(form.json + credentials)).adding([
            "isActive": true, "lastTest": ["status": "accepted", "isSame": true], "version": 2,
            "updatedAt": "2026-11-21T10:00:00Z", "updatedBy": "Otto",
        ])
    }()

    static let testInput: JSON = [
        "kind": "send", "recipient": "otto@borealis.example",
        "profile": "3f1c1e6a-8a5b-4c55-9a53-0e3c0b9f7a11",
    ]

    static let test: JSON = [
        "id": "8d0e4c1b-2c0e-4d7e-8b53-3f2f3c1d9f10", "kind": "connection", "status": "failed",
        "outcome": "failed", "profile": "3f1c1e6a-8a5b-4c55-9a53-0e3c0b9f7a11",
        "profileName": "Main", "person": "Otto", "recipient": nil,
        "destination": "mail.borealis.example:587, STARTTLS, required",
        "queuedAt": "2026-11-21T10:00:00Z", "startedAt": "2026-11-21T10:00:00Z",
        "finishedAt": "2026-11-21T10:00:01Z", "durationMilliseconds": 31, "attempts": 1,
        "isCancelRequested": false, "messageID": nil, "queueID": nil,
        "verdict": [
            "code": "tcp.refused", "step": "connect", "field": "port",
            "cause": "192.0.2.1 refused the connection on port 587.",
            "advice": "Check the port, and that the server runs.",
            "whoCanFix": "mailAdministrator", "temporary": false, "reply": nil,
        ],
        "reproduction": ["openssl s_client -connect mail.borealis.example:587 -starttls smtp"],
        "links": [
            "self": "/api/v1/t/borealis/tests/8d0e4c1b-2c0e-4d7e-8b53-3f2f3c1d9f10",
            "events": "/api/v1/t/borealis/tests/8d0e4c1b-2c0e-4d7e-8b53-3f2f3c1d9f10/events",
            "cancel": "/api/v1/t/borealis/tests/8d0e4c1b-2c0e-4d7e-8b53-3f2f3c1d9f10/cancel",
        ],
        "addresses": [
            [
                "address": "192.0.2.1", "outcome": "failed", "step": "connect",
                "cause": "It refused the connection.",
            ]
        ],
        "steps": [
            [
                "number": 1, "name": "connect", "address": "192.0.2.1", "status": "failed",
                "offsetMilliseconds": 3, "durationMilliseconds": 28,
                "facts": ["port": 587], "lines": [],
            ]
        ],
    ]
}
