package import Observability

/// One exchange by one mechanism, from the client's side.
///
/// A step may block where the mechanism says so; steps follow each other, on any thread.
package final class SASLExchange: @unchecked Sendable {
    // @unchecked: the next step begins only after the one before has ended; who no longer waits
    // for a step drops the exchange.
    package let mechanism: SASLMechanism
    private var steps: any ExchangeSteps

    /// What a step came to.
    package struct Step: Sendable {
        /// What to say; nil when the relay is to speak first, or the mechanism has nothing more
        /// to say.
        package let response: Redacted<[UInt8]>?
        /// Whether the relay may say 235 now.
        package let isComplete: Bool

        package init(_ response: Redacted<[UInt8]>?, isComplete: Bool) {
            self.response = response
            self.isComplete = isComplete
        }
    }

    package init(_ mechanism: SASLMechanism, _ identity: SASLIdentity) {
        self.mechanism = mechanism
        steps =
            switch mechanism {
            case .plain: PlainSteps(identity)
            case .login: LoginSteps(identity)
            case .xoauth2: BearerSteps(identity, style: .xoauth2)
            case .oauthBearer: BearerSteps(identity, style: .rfc7628)
            case .gssapi: KerberosSteps(identity)
            case .ntlm: NTLMSteps(identity)
            default: LibrarySteps(mechanism, identity)
            }
    }

    /// The first response, for a relay that has not spoken yet.
    package func start() throws(SASLError) -> Step { try steps.start() }

    /// The answer to a challenge.
    package func respond(to challenge: [UInt8]) throws(SASLError) -> Step {
        try steps.respond(to: challenge)
    }
}

/// How one mechanism goes on.
protocol ExchangeSteps {
    mutating func start() throws(SASLError) -> SASLExchange.Step
    mutating func respond(to challenge: [UInt8]) throws(SASLError) -> SASLExchange.Step
}
