import Observability

/// A way to prove who we are (RFC 4422), one exchange.
protocol SASLMechanism: Sendable {
    /// As in the relay's list.
    var name: String { get }
    /// Whether a listener on an unencrypted connection learns the password.
    var revealsPassword: Bool { get }
    /// What may go along with AUTH; nil when the relay speaks first.
    mutating func initialResponse() -> Redacted<[UInt8]>?
    /// The answer to a challenge; nil when the mechanism has nothing more to say.
    mutating func respond(to challenge: [UInt8]) -> Redacted<[UInt8]>?
}

/// User name and password as the mechanisms use them.
struct Credentials: Sendable {
    let username: Redacted<[UInt8]>
    let password: Redacted<[UInt8]>
}

/// RFC 4616: everything in one message.
struct PlainMechanism: SASLMechanism {
    let name = "PLAIN"
    let revealsPassword = true
    private let credentials: Credentials
    private var isSpent = false

    init(_ credentials: Credentials) {
        self.credentials = credentials
    }

    mutating func initialResponse() -> Redacted<[UInt8]>? {
        guard !isSpent else { return nil }
        isSpent = true
        return credentials.username.reveal { username in
            credentials.password.reveal { password in
                Redacted([0] + username + [0] + password)
            }
        }
    }

    mutating func respond(to challenge: [UInt8]) -> Redacted<[UInt8]>? {
        initialResponse()
    }
}

/// The unregistered LOGIN: user name, then password, whatever the relay's prompts say.
struct LoginMechanism: SASLMechanism {
    let name = "LOGIN"
    let revealsPassword = true
    private let credentials: Credentials
    private var answers = 0

    init(_ credentials: Credentials) {
        self.credentials = credentials
    }

    mutating func initialResponse() -> Redacted<[UInt8]>? { nil }

    mutating func respond(to challenge: [UInt8]) -> Redacted<[UInt8]>? {
        answers += 1
        switch answers {
        case 1: return credentials.username
        case 2: return credentials.password
        default: return nil
        }
    }
}
