import Observability
import SASL

extension Dialogue {
    /// A longer AUTH line goes without its initial response: some relays know only the 512 bytes
    /// of RFC 5321, section 4.5.3.1.4.
    private static let longestAuthLine = 510
    /// Of what a relay has against a token, in bytes.
    private static let longestComplaint = 500

    /// One exchange, as far as the dialogue must know it.
    struct SignIn: Sendable {
        let mechanism: SASLMechanism
        /// Whether AUTH has been said.
        var isSent = false
        /// The first response, to be said after the relay's 334.
        var pending: Redacted<[UInt8]>?
        /// Whether the mechanism has come to its end, so that 235 may follow.
        var isComplete = false
        /// What the relay has against our token.
        var complaint: String?
        /// Why we have said `*`.
        var givenUp: Failure.Reason?

        init(_ mechanism: SASLMechanism) {
            self.mechanism = mechanism
        }
    }

    /// Chooses a mechanism and begins, or goes on without.
    mutating func authenticate() -> [Action] {
        guard plan.authentication != .none else {
            return skipAuthentication("The settings ask for no authentication.")
        }
        guard plan.hasUsername || plan.authentication == .kerberos else {
            return skipAuthentication("No user name is set.")
        }
        let began = begin(.authenticate)
        let candidates = plan.authentication.mechanisms.filter {
            !$0.bindsChannel || canBindChannel
        }
        let offered = capabilities.mechanisms
        let usable = candidates.first { offered.contains($0.name) }
        // A mechanism that the settings name is judged before what the relay offers.
        let judged = usable ?? (candidates.count == 1 ? candidates.first : nil)
        if let judged, judged.revealsPassword, !isEncrypted, !plan.allowPlaintextAuthentication {
            return began + fail(.plaintextForbidden(mechanism: judged.name), offeredFacts)
        }
        guard let mechanism = usable else {
            let reason = Failure.Reason.mechanismNotOffered(
                offered: offered,
                beforeTLS: mechanismsBeforeTLS,
                hasStartTLS: capabilities.offersStartTLS
            )
            return began + fail(reason, offeredFacts)
        }
        state = .authenticating(SignIn(mechanism))
        return began + [.startExchange(mechanism)]
    }

    private mutating func skipAuthentication(_ reason: String) -> [Action] {
        [.skip(.authenticate, .skipped, [Fact("note", reason)])] + authenticated()
    }

    // MARK: - Facts

    private var offeredFacts: [Fact] {
        var facts = [Fact("offered", .array(capabilities.mechanisms.map(JSON.string)))]
        if let mechanismsBeforeTLS {
            facts.append(
                Fact("offeredBeforeTLS", .array(mechanismsBeforeTLS.map(JSON.string)))
            )
        }
        return facts
    }

    private func facts(_ signIn: SignIn) -> [Fact] {
        let mechanism = signIn.mechanism
        var why =
            plan.authentication == .automatic
            ? "The strongest that the relay offers and the settings allow."
            : "Chosen in the settings."
        if mechanism.bindsChannel { why += " It is tied to this TLS connection." }
        var facts = [Fact("mechanism", mechanism.name), Fact("why", why)]
        if let notice = notice(on: signIn) { facts.append(Fact("notice", notice)) }
        if mechanism == .gssapi {
            facts.append(
                Fact(
                    "credentials",
                    plan.hasUsername
                        ? "user name and password" : "this server's ticket cache or keytab"
                )
            )
        }
        if let complaint = signIn.complaint { facts.append(Fact("relayError", complaint)) }
        return facts + offeredFacts
    }

    private func notice(on signIn: SignIn) -> String? {
        signIn.mechanism.takesPassword ? plan.passwordNotice : nil
    }

    // MARK: - What the mechanism says

    /// The exchange has its next response.
    mutating func exchangeAnswered(_ step: SASLExchange.Step) -> [Action] {
        guard case .authenticating(var signIn) = state else { return [] }
        signIn.isComplete = step.isComplete
        guard signIn.isSent else {
            let command = Self.opening(of: &signIn, step.response)
            state = .authenticating(signIn)
            return [.write(command)]
        }
        state = .authenticating(signIn)
        guard let response = step.response else { return giveUp(signIn, .challengeUnexpected) }
        return [.write(.response(Self.encoded(response)))]
    }

    /// The exchange cannot go on.
    mutating func exchangeFailed(_ reason: Failure.Reason) -> [Action] {
        guard case .authenticating(let signIn) = state else { return [] }
        return signIn.isSent ? giveUp(signIn, reason) : fail(reason, facts(signIn))
    }

    private mutating func giveUp(_ signIn: SignIn, _ reason: Failure.Reason) -> [Action] {
        var signIn = signIn
        signIn.givenUp = reason
        state = .authenticating(signIn)
        return [.write(.cancelAuthentication)]
    }

    private static func opening(
        of signIn: inout SignIn,
        _ response: Redacted<[UInt8]>?
    ) -> Command {
        let name = signIn.mechanism.name
        signIn.isSent = true
        signIn.pending = response
        guard let response, signIn.mechanism.takesInitialResponse else {
            return .auth(mechanism: name, initialResponse: nil)
        }
        let text = encoded(response)
        guard "AUTH \(name) ".utf8.count + text.reveal({ $0.count }) <= longestAuthLine else {
            return .auth(mechanism: name, initialResponse: nil)
        }
        signIn.pending = nil
        return .auth(mechanism: name, initialResponse: text)
    }

    private static func encoded(_ response: Redacted<[UInt8]>) -> Redacted<[UInt8]> {
        response.reveal { bytes in Redacted(Base64.encode(bytes)) }
    }

    // MARK: - What the relay says

    mutating func challenged(_ reply: Reply, _ signIn: SignIn) -> [Action] {
        // The answer to our `*` is of no interest, what came before it is.
        if let givenUp = signIn.givenUp { return fail(givenUp, facts(signIn)) }
        switch reply.code {
        case 235:
            guard signIn.isComplete || !signIn.mechanism.provesRelay else {
                return fail(.relayProofMissing(signIn.mechanism), facts(signIn))
            }
            let status: StepStatus = notice(on: signIn) == nil ? .ok : .warning
            return [.finish(status, facts(signIn))] + authenticated()
        case 334: return challenge(reply, signIn)
        default:
            return fail(.refused(reply, signIn.mechanism, signIn.complaint), facts(signIn))
        }
    }

    private mutating func challenge(_ reply: Reply, _ signIn: SignIn) -> [Action] {
        var signIn = signIn
        // Whatever the relay says here, it only wants us to begin.
        if let pending = signIn.pending {
            signIn.pending = nil
            state = .authenticating(signIn)
            return [.write(.response(Self.encoded(pending)))]
        }
        guard let challenge = Base64.decode(reply.lines.first ?? []) else {
            return giveUp(signIn, .reply(reply))
        }
        if signIn.mechanism.takesToken {
            signIn.complaint = Transcript.text(challenge.prefix(Self.longestComplaint))
            state = .authenticating(signIn)
        }
        return [.answerChallenge(challenge)]
    }

    private mutating func authenticated() -> [Action] {
        guard plan.transaction != nil else { return [.authenticated] + quit() }
        return [.authenticated] + beginTransaction()
    }
}
