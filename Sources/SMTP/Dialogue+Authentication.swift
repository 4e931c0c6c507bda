import Observability

extension Dialogue {
    /// A longer AUTH line goes without its initial response: some relays know only the 512 bytes
    /// of RFC 5321, section 4.5.3.1.4.
    private static let longestAuthLine = 510

    /// Chooses a mechanism and begins, or goes on without.
    mutating func authenticate() -> [Action] {
        guard plan.authentication != .none else {
            return skipAuthentication("The settings ask for no authentication.")
        }
        guard let credentials = plan.credentials else {
            return skipAuthentication("No user name is set.")
        }
        let began = begin(.authenticate)
        let candidates = Self.candidates(for: plan.authentication, credentials)
        let offered = capabilities.mechanisms
        let usable = candidates.first { candidate in offered.contains(candidate.name) }
        // A mechanism that the settings name is judged before what the relay offers.
        let judged = usable ?? (candidates.count == 1 ? candidates.first : nil)
        if let judged, judged.revealsPassword, !isEncrypted, !plan.allowPlaintextAuthentication {
            return began + fail(.plaintextForbidden(mechanism: judged.name), offeredFacts)
        }
        guard var mechanism = usable else {
            let reason = Failure.Reason.mechanismNotOffered(
                offered: offered,
                hasStartTLS: capabilities.offersStartTLS
            )
            return began + fail(reason, offeredFacts)
        }
        let command = Self.opening(of: &mechanism)
        state = .authenticating(mechanism)
        return began + [.write(command)]
    }

    private mutating func skipAuthentication(_ reason: String) -> [Action] {
        [.skip(.authenticate, .skipped, [Fact("note", reason)])] + authenticated()
    }

    private var offeredFacts: [Fact] {
        [Fact("offered", .array(capabilities.mechanisms.map(JSON.string)))]
    }

    /// The strongest first.
    private static func candidates(
        for choice: Authentication,
        _ credentials: Credentials
    ) -> [any SASLMechanism] {
        switch choice {
        case .none: []
        case .automatic: [PlainMechanism(credentials), LoginMechanism(credentials)]
        case .login: [LoginMechanism(credentials)]
        case .plain: [PlainMechanism(credentials)]
        }
    }

    private static func opening(of mechanism: inout any SASLMechanism) -> Command {
        var trial = mechanism
        let response = trial.initialResponse().map(encoded)
        let length = response?.reveal { $0.count } ?? 0
        guard response != nil, "AUTH \(mechanism.name) ".utf8.count + length <= longestAuthLine
        else { return .auth(mechanism: mechanism.name, initialResponse: nil) }
        mechanism = trial
        return .auth(mechanism: mechanism.name, initialResponse: response)
    }

    private static func encoded(_ response: Redacted<[UInt8]>) -> Redacted<[UInt8]> {
        response.reveal { bytes in Redacted(Base64.encode(bytes)) }
    }

    mutating func challenged(_ reply: Reply, _ mechanism: any SASLMechanism) -> [Action] {
        var mechanism = mechanism
        let facts = [Fact("mechanism", mechanism.name)] + offeredFacts
        if let givenUpAfter { return fail(.reply(givenUpAfter), facts) }
        switch reply.code {
        case 235: return [.finish(.ok, facts)] + authenticated()
        case 334:
            guard let challenge = Base64.decode(reply.lines.first ?? []),
                let response = mechanism.respond(to: challenge)
            else {
                // The answer to our `*` is of no interest, the challenge before it is.
                givenUpAfter = reply
                return [.write(.cancelAuthentication)]
            }
            state = .authenticating(mechanism)
            return [.write(.response(Self.encoded(response)))]
        default: return fail(.reply(reply), facts)
        }
    }

    private mutating func authenticated() -> [Action] {
        guard plan.transaction != nil else { return [.authenticated] + quit() }
        return [.authenticated] + beginTransaction()
    }
}
