import Observability

/// NTLM ([MS-SMTPNTLM]), version 2 by gss-ntlmssp.
struct NTLMSteps: ExchangeSteps {
    private let identity: SASLIdentity
    private var context: GSSContext?

    init(_ identity: SASLIdentity) {
        self.identity = identity
    }

    mutating func start() throws(SASLError) -> SASLExchange.Step {
        let context = try GSSContext(.ntlm, host: identity.host)
        try context.acquire(
            identity.username ?? Redacted([]),
            identity.password ?? Redacted([])
        )
        self.context = context
        return SASLExchange.Step(Redacted(try context.step([])), isComplete: false)
    }

    mutating func respond(to challenge: [UInt8]) throws(SASLError) -> SASLExchange.Step {
        guard let context, !context.isEstablished else {
            return SASLExchange.Step(nil, isComplete: true)
        }
        do {
            let answer = try context.step(challenge)
            return SASLExchange.Step(Redacted(answer), isComplete: context.isEstablished)
        } catch {
            throw SASLError(.challengeUnreadable, detail: error.detail)
        }
    }
}
