import Mail
import Observability
import Sockets

/// The conversation with the relay as a pure state machine: events in, actions out.
///
/// It knows no socket and no clock; `Conversation` carries its actions out.
struct Dialogue {
    enum Action: Sendable {
        case begin(StepName)
        /// Ends the current step.
        case finish(StepStatus, [Fact])
        case skip(StepName, StepStatus, [Fact])
        /// Write, then read a reply.
        case write(Command)
        /// Write all at once, then read the reply to the first.
        case writeTogether([Command])
        /// Read the reply to a command that was written with others before it.
        case awaitReply(to: Command)
        case readReply
        case negotiateTLS
        /// Write QUIT, without waiting for anything.
        case leave
        /// The address is good; the limit for the set-up is over.
        case authenticated
        /// Write the message; then `messageWritten()`.
        case writeMessage
        /// Write the final dot, then read a reply.
        case writeFinalDot
        /// Write a final dot without a message before it, then read a reply.
        case writeLoneDot
        /// The end, after the attempt to say goodbye.
        case end(Failure?)
    }

    enum State: Sendable {
        case greeting, ehlo, helo, startTLS, handshake, authenticating(any SASLMechanism)
        case sender, recipient(Int), data, message, finalDot, loneDot, quit, ended
        /// Resumed, and asked whether somebody listens.
        case reset
        /// The message is done, and the connection is ready for another.
        case idle
    }

    let plan: Plan
    var state = State.greeting
    var step = StepName.greeting
    var capabilities = Capabilities.none
    var isEncrypted: Bool
    var failure: Failure?
    /// How many commands were written whose replies are awaited later.
    var ahead = 0
    /// Whether the connection is one of an earlier message.
    private(set) var isResumed = false
    /// Whether it was found dead before the relay had answered to MAIL: nothing was sent.
    private(set) var isStale = false
    /// Whether the relay has said anything about the sender.
    var isSenderAnswered = false
    /// Whether the relay accepted a recipient.
    var hasRecipient = false
    /// Recipients refused so far, with the first such answer.
    var refused: (recipients: [Address], reply: Reply)?
    var queueID: String?
    /// The challenge that we could not answer.
    var givenUpAfter: Reply?

    init(_ plan: Plan) {
        self.plan = plan
        isEncrypted = plan.tls == .implicit
    }

    /// A connection of an earlier message goes on.
    init(_ plan: Plan, resuming capabilities: Capabilities, isEncrypted: Bool) {
        self.plan = plan
        self.capabilities = capabilities
        self.isEncrypted = isEncrypted
        isResumed = true
    }

    /// The connection stands, with TLS where that comes first.
    mutating func start() -> [Action] {
        [.begin(.greeting), .readReply]
    }

    /// A reply has arrived; `isAlone` says that nothing was received after it.
    mutating func receive(_ reply: Reply, isAlone: Bool = true) -> [Action] {
        switch state {
        case .greeting: return greeted(reply)
        case .ehlo: return ehloAnswered(reply)
        case .helo: return heloAnswered(reply)
        case .startTLS: return startTLSAnswered(reply, isAlone: isAlone)
        case .authenticating(let mechanism): return challenged(reply, mechanism)
        case .reset: return reply.code == 250 ? mail() : stale()
        case .sender: return senderAnswered(reply)
        case .recipient(let index): return recipientAnswered(reply, index)
        case .data: return dataAnswered(reply)
        case .finalDot: return finalDotAnswered(reply)
        case .loneDot: return loneDotAnswered()
        case .quit: return ended(.finish(reply.isPositive ? .ok : .warning, []))
        case .handshake, .message, .ended, .idle: return fail(.unsolicited(reply))
        }
    }

    /// The connection failed, or what arrived was no reply; nothing more can be said.
    mutating func broke(_ reason: Failure.Reason, _ facts: [Fact] = []) -> [Action] {
        if isResumed, !isSenderAnswered { return stale() }
        switch state {
        case .ended, .idle: return []
        // The conversation has had its result; a relay that leaves without goodbye is common.
        case .quit: return ended(.finish(.warning, []))
        default:
            let leave: [Action] = mayStillListen(after: reason) ? [.leave] : []
            failure = failure ?? Failure(step: step, reason: reason)
            state = .ended
            return leave + [.finish(.failed, facts), .end(failure)]
        }
    }

    /// Whether a QUIT can reach somebody who takes it for a command; RFC 5321 (section 4.1.1.10)
    /// wants it said whenever it can be.
    private func mayStillListen(after reason: Failure.Reason) -> Bool {
        switch (state, reason) {
        case (.handshake, _), (.message, _), (.quit, _), (.ended, _), (.idle, _): return false
        case (.finalDot, .unanswered(.timedOut)), (.finalDot, .unanswered(.cancelled)): return true
        // The dot was not sent: a QUIT would be a line of the message.
        case (.finalDot, _): return false
        case (_, .violation), (_, .unsolicited), (_, .cancelled), (_, .timedOut),
            (_, .connection(.timedOut)):
            return true
        default: return false
        }
    }

    /// The relay said something and broke the connection off.
    mutating func lastWords(_ reply: Reply) -> [Action] {
        if case .quit = state { return ended(.finish(.warning, [])) }
        return broke(reply.code >= 400 ? .reply(reply) : .unsolicited(reply))
    }

    // MARK: - Greeting and EHLO

    private mutating func greeted(_ reply: Reply) -> [Action] {
        guard reply.code == 220 else { return fail(.reply(reply)) }
        return [.finish(.ok, [Fact("greeting", reply.text)])] + sayEHLO()
    }

    mutating func sayEHLO() -> [Action] {
        state = .ehlo
        // Nothing that was learnt before TLS counts after it (RFC 3207, section 4.2).
        capabilities = .none
        return begin(.ehlo) + [.write(.ehlo(plan.heloName))]
    }

    private mutating func ehloAnswered(_ reply: Reply) -> [Action] {
        if reply.code == 500 || reply.code == 502 {
            state = .helo
            return [.write(.helo(plan.heloName))]
        }
        guard reply.code == 250 else { return fail(.reply(reply)) }
        capabilities = Capabilities(reply)
        let facts = [
            Fact("heloName", plan.heloName.text),
            Fact("capabilities", .array(capabilities.all.map(JSON.string))),
            Fact("encrypted", .bool(isEncrypted)),
        ]
        return [.finish(.ok, facts)] + afterEHLO()
    }

    private mutating func heloAnswered(_ reply: Reply) -> [Action] {
        guard reply.code == 250 else { return fail(.reply(reply)) }
        let facts = [
            Fact("heloName", plan.heloName.text),
            Fact("note", "The relay does not know EHLO, only HELO."),
            Fact("encrypted", .bool(isEncrypted)),
        ]
        return [.finish(.warning, facts)] + afterEHLO()
    }

    private mutating func afterEHLO() -> [Action] {
        guard !isEncrypted, plan.tls == .startTLS || plan.tls == .automatic else {
            return authenticate()
        }
        if capabilities.offersStartTLS {
            state = .startTLS
            return begin(.startTLS) + [.write(.startTLS)]
        }
        guard plan.tls == .automatic else {
            return begin(.startTLS) + fail(.startTLSNotOffered)
        }
        let note = "The relay does not offer STARTTLS: the connection is not encrypted."
        return [.skip(.startTLS, .warning, Self.plaintextFacts(note))] + authenticate()
    }

    // MARK: - STARTTLS

    private mutating func startTLSAnswered(_ reply: Reply, isAlone: Bool) -> [Action] {
        guard reply.code == 220 else {
            guard plan.tls == .automatic, reply.code != 421 else {
                return fail(.startTLSRefused(reply))
            }
            let note = "The relay refused STARTTLS: the connection is not encrypted."
            return [.finish(.warning, Self.plaintextFacts(note))] + authenticate()
        }
        // Whoever sits in between could put words into the relay's mouth before the handshake.
        state = .handshake
        guard isAlone else { return broke(.injectedPlaintext) }
        return [.negotiateTLS]
    }

    private static func plaintextFacts(_ note: String) -> [Fact] {
        [Fact("note", note), Fact("encrypted", .bool(false))]
    }

    /// The handshake after STARTTLS is done and its certificate accepted.
    mutating func tlsEstablished(_ facts: [Fact], status: StepStatus) -> [Action] {
        isEncrypted = true
        return [.finish(status, facts)] + sayEHLO()
    }

    // MARK: - The end

    mutating func begin(_ next: StepName) -> [Action] {
        step = next
        return [.begin(next)]
    }

    /// Ends the current step as failed and says goodbye.
    mutating func fail(_ reason: Failure.Reason, _ facts: [Fact] = []) -> [Action] {
        failure = failure ?? Failure(step: step, reason: reason)
        return [.finish(.failed, facts)] + quit()
    }

    mutating func quit() -> [Action] {
        state = .quit
        return begin(.quit) + [.write(.quit)]
    }

    /// Ends a resumed conversation that came to nothing; a new connection takes its place.
    mutating func stale() -> [Action] {
        isStale = true
        state = .ended
        let note = "The relay no longer listens on this connection: a new one follows."
        return [.finish(.skipped, [Fact("note", note)]), .end(nil)]
    }

    private mutating func ended(_ last: Action) -> [Action] {
        state = .ended
        return [last, .end(failure)]
    }
}
