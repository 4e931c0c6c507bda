import Observability

/// GSSAPI (RFC 4752): Kerberos 5, without a security layer.
struct KerberosSteps: ExchangeSteps {
    private let identity: SASLIdentity
    private var context: GSSContext?
    private var isLayerChosen = false

    init(_ identity: SASLIdentity) {
        self.identity = identity
    }

    mutating func start() throws(SASLError) -> SASLExchange.Step {
        let context = try GSSContext(.kerberos, host: identity.host)
        if let username = identity.username, let password = identity.password {
            try context.acquire(username, password)
        }
        self.context = context
        return SASLExchange.Step(Redacted(try context.step([])), isComplete: false)
    }

    mutating func respond(to challenge: [UInt8]) throws(SASLError) -> SASLExchange.Step {
        guard let context else { throw SASLError(.challengeUnreadable) }
        guard context.isEstablished else {
            return SASLExchange.Step(Redacted(try context.step(challenge)), isComplete: false)
        }
        guard !isLayerChosen else { return SASLExchange.Step(nil, isComplete: true) }
        isLayerChosen = true
        return SASLExchange.Step(
            Redacted(try chooseLayer(context, challenge)),
            isComplete: true
        )
    }

    /// The relay's layers in the first byte and its largest buffer in the other three; ours is
    /// no layer, and so no buffer (section 3.3).
    private func chooseLayer(
        _ context: GSSContext,
        _ challenge: [UInt8]
    ) throws(SASLError) -> [UInt8] {
        let offer = try context.unwrap(challenge)
        guard offer.count == 4, offer[0] & 1 == 1 else {
            throw SASLError(.challengeUnreadable, detail: "no exchange without a security layer")
        }
        return try context.wrap([1, 0, 0, 0])
    }
}
