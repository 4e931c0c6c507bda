import Observability

/// RFC 4616: everything in one message; no authorisation identity.
struct PlainSteps: ExchangeSteps {
    private let identity: SASLIdentity

    init(_ identity: SASLIdentity) {
        self.identity = identity
    }

    func start() throws(SASLError) -> SASLExchange.Step {
        let username = identity.username?.reveal { $0 } ?? []
        let password = identity.password?.reveal { $0 } ?? []
        return SASLExchange.Step(Redacted([0] + username + [0] + password), isComplete: true)
    }

    func respond(to challenge: [UInt8]) throws(SASLError) -> SASLExchange.Step {
        SASLExchange.Step(nil, isComplete: true)
    }
}

/// The unregistered LOGIN: user name, then password, whatever the relay's prompts say.
struct LoginSteps: ExchangeSteps {
    private let identity: SASLIdentity
    private var answers = 0

    init(_ identity: SASLIdentity) {
        self.identity = identity
    }

    func start() throws(SASLError) -> SASLExchange.Step {
        SASLExchange.Step(nil, isComplete: false)
    }

    mutating func respond(to challenge: [UInt8]) throws(SASLError) -> SASLExchange.Step {
        answers += 1
        switch answers {
        case 1: return SASLExchange.Step(identity.username ?? Redacted([]), isComplete: false)
        case 2: return SASLExchange.Step(identity.password ?? Redacted([]), isComplete: true)
        default: return SASLExchange.Step(nil, isComplete: true)
        }
    }
}
