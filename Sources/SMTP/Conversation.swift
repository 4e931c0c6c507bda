import SASL
import Sockets

/// Carries out what the dialogue decides, on one connection.
final class Conversation {
    /// Everything that the conversations of a run have in common.
    struct Setting {
        /// The host is the one that this connection goes to: of a domain, a mail exchanger.
        var settings: ConnectionSettings
        let tls: TLSContext
        let recorder: StepRecorder
        let scrubber: SecretScrubber
        let interruption: Interruption
        let limits: Limits
        let loop: EventLoop
        /// For exchanges that block.
        let blocking: BlockingPool
        /// Of the whole run.
        let deadline: Deadline
        let beforeFinalDot: @Sendable () async throws -> Void
    }

    let setting: Setting
    private let destination: Destination
    private let socket: Socket
    private(set) var stream: any ByteStream
    var dialogue: Dialogue
    var exchange: SASLExchange?
    private(set) var scrubber: SecretScrubber
    private var parser = ReplyParser()
    private let message: [UInt8]
    /// Until authentication is done; after it every command has its own.
    private let setupDeadline: Deadline
    /// The connection of an earlier message; nil for a new one.
    private var resumed: KeptConnection?
    private var mustAsk = false
    private let madeAt = Deadline.now

    /// Whether the address got through authentication.
    private(set) var isAuthenticated = false
    /// Whether the final dot may have reached the relay.
    private(set) var isDotSent = false
    var queueID: String? { dialogue.queueID }

    init(
        _ setting: Setting,
        destination: Destination,
        socket: Socket,
        stream: any ByteStream,
        plan: Dialogue.Plan,
        message: [UInt8],
        setupDeadline: Deadline
    ) {
        self.setting = setting
        scrubber = setting.scrubber
        self.destination = destination
        self.socket = socket
        self.stream = stream
        self.message = message
        self.setupDeadline = setupDeadline
        dialogue = Dialogue(plan)
        dialogue.canBindChannel = (stream as? TLSStream)?.binding != nil
    }

    /// Goes on with a connection that has carried a message; `mustAsk` whether somebody listens.
    convenience init(
        _ setting: Setting,
        _ kept: KeptConnection,
        plan: Dialogue.Plan,
        message: [UInt8],
        mustAsk: Bool
    ) {
        self.init(
            setting,
            destination: kept.destination,
            socket: kept.socket,
            stream: kept.stream,
            plan: plan,
            message: message,
            setupDeadline: .never
        )
        resumed = kept
        self.mustAsk = mustAsk
        dialogue = Dialogue(
            plan,
            resuming: kept.capabilities,
            isEncrypted: kept.isEncrypted
        )
    }

    /// Whether the connection of an earlier message was found dead before anything was sent.
    var isStale: Bool { dialogue.isStale }

    /// The connection, ready for another message; nil when it is closed.
    var kept: KeptConnection? {
        guard isReady else { return nil }
        return KeptConnection(
            socket: socket,
            stream: stream,
            destination: destination,
            capabilities: dialogue.capabilities,
            isEncrypted: dialogue.isEncrypted,
            heloName: dialogue.plan.heloName,
            madeAt: resumed?.madeAt ?? madeAt,
            usedAt: .now,
            messages: (resumed?.messages ?? 0) + 1
        )
    }

    private var isReady: Bool {
        if case .idle = dialogue.state { return parser.isEmpty }
        return false
    }

    /// Talks until the end; nil when everything planned was reached.
    ///
    /// Throws: only what the run's listeners throw.
    func run() async throws -> Failure? {
        defer { if !isReady { stream.close() } }
        var pending = resumed == nil ? dialogue.start() : dialogue.resume(asking: mustAsk)
        var index = 0
        while index < pending.count {
            let action = pending[index]
            index += 1
            if case .end(let failure) = action { return failure }
            pending += try await perform(action)
        }
        return nil
    }

    private func perform(_ action: Dialogue.Action) async throws -> [Dialogue.Action] {
        let recorder = setting.recorder
        switch action {
        case .begin(let step): try await recorder.begin(step, address: destination.label)
        case .finish(let status, let facts): try await recorder.finish(status, facts)
        case .skip(let step, let status, let facts):
            try await recorder.begin(step, address: destination.label)
            try await recorder.finish(status, facts)
        case .write(let command): return await write([command])
        case .writeTogether(let commands): return await write(commands)
        case .awaitReply(let command):
            recorder.add(Line(from: .us, text: command.transcript))
            return await readReply()
        case .readReply: return await readReply()
        case .negotiateTLS: return await negotiateTLS()
        case .startExchange(let mechanism): return await startExchange(mechanism)
        case .answerChallenge(let challenge): return await answerChallenge(challenge)
        case .leave: await leave()
        case .authenticated: isAuthenticated = true
        case .writeMessage: return await writeMessage()
        case .writeFinalDot: return try await writeFinalDot()
        case .writeLoneDot: return await writeLoneDot()
        case .end: break
        }
        return []
    }

    // MARK: - Commands and replies

    /// The lines of the others follow with their replies.
    private func write(_ commands: [Command]) async -> [Dialogue.Action] {
        guard let first = commands.first else { return [] }
        setting.recorder.add(Line(from: .us, text: first.transcript))
        do {
            // It would be taken for the answer to this command.
            guard try !hasUnasked() else { return await readUnasked() }
            if let secret = first.secret { scrubber.learn(secret) }
            try await stream.send(commands.flatMap(\.wire), until: replyDeadline)
        } catch {
            return await broke(error, mayHaveWords: true)
        }
        return await readReply()
    }

    private func readReply() async -> [Dialogue.Action] {
        do {
            let reply = try await nextReply(until: replyDeadline)
            return dialogue.receive(reply, isAlone: parser.isEmpty)
        } catch let error as SocketError {
            return await broke(error)
        } catch let violation as ReplyParser.Violation {
            return broke(violation)
        } catch {
            return dialogue.broke(.connection(.other))
        }
    }

    private func readUnasked() async -> [Dialogue.Action] {
        do {
            return dialogue.lastWords(try await nextReply(until: replyDeadline))
        } catch let error as SocketError {
            return await broke(error)
        } catch let violation as ReplyParser.Violation {
            return broke(violation)
        } catch {
            return dialogue.broke(.connection(.other))
        }
    }

    /// Whether something arrived that nobody asked for.
    private func hasUnasked() throws(SocketError) -> Bool {
        guard parser.isEmpty else { return true }
        var early: [UInt8] = []
        let count = try stream.receiveNow(into: &early, atMost: 16_384)
        if count == 0 { throw SocketError(.closed, during: .receive) }
        parser.feed(early)
        return !early.isEmpty
    }

    private func leave() async {
        setting.recorder.add(Line(from: .us, text: Command.quit.transcript))
        // Nobody waits for an answer, so it does not matter whether it arrives.
        try? await stream.send(Command.quit.wire, until: .now)
    }

    private func nextReply(until deadline: Deadline) async throws -> Reply {
        while true {
            if let reply = try parser.next() {
                let shown = reply.scrubbed(by: scrubber)
                for text in shown.transcript {
                    setting.recorder.add(Line(from: .relay, text: text))
                }
                return shown
            }
            var bytes: [UInt8] = []
            let count = try await stream.receive(into: &bytes, atMost: 16_384, until: deadline)
            guard count > 0 else { throw SocketError(.closed, during: .receive) }
            parser.feed(bytes)
        }
    }

    var replyDeadline: Deadline {
        let timeout = setting.settings.timeout
        let deadline: Deadline =
            switch dialogue.state {
            case .quit: .after(min(timeout, setting.limits.goodbye))
            case .finalDot: .after(max(timeout, setting.limits.finalDot))
            default: isAuthenticated ? .after(timeout) : setupDeadline
            }
        return min(deadline, setting.deadline)
    }

    // MARK: - TLS after STARTTLS

    private func negotiateTLS() async -> [Dialogue.Action] {
        do {
            // Words that arrived with or right after the 220, before we have said a thing.
            var early: [UInt8] = []
            if let count = try socket.receiveNow(into: &early, atMost: 256), count > 0 {
                return dialogue.broke(.injectedPlaintext)
            }
            let secure = try await TLSStream.client(
                socket,
                setting.tls,
                name: setting.settings.host.tlsName,
                verify: setting.settings.verifyCertificate,
                pinnedKey: setting.settings.pinnedKey,
                until: replyDeadline
            )
            stream = secure
            dialogue.canBindChannel = secure.binding != nil
            let report = secure.report
            return dialogue.tlsEstablished(report.facts, status: report.status)
        } catch let error as TLSError {
            return dialogue.broke(setting.reason(for: error), error.report?.facts ?? [])
        } catch let error as SocketError {
            return await broke(error)
        } catch {
            return dialogue.broke(.connection(.other))
        }
    }

    // MARK: - The message

    private func writeMessage() async -> [Dialogue.Action] {
        var start = 0
        while start < message.count {
            let block = Array(message[start..<min(start + 65_536, message.count)])
            start += block.count
            do {
                try await stream.send(block, until: replyDeadline)
            } catch {
                return await broke(error, mayHaveWords: true)
            }
        }
        setting.recorder.add(Line(from: .us, text: "[message, \(message.count) bytes]"))
        return await whatCameEarly() ?? dialogue.messageWritten()
    }

    /// Words or the end of the stream before the final dot: an answer to it they cannot be.
    private func whatCameEarly() async -> [Dialogue.Action]? {
        do {
            return try hasUnasked() ? await readUnasked() : nil
        } catch {
            return await broke(error)
        }
    }

    private func writeFinalDot() async throws -> [Dialogue.Action] {
        do {
            try await setting.beforeFinalDot()
        } catch {
            stream.close()
            throw error
        }
        guard !setting.interruption.isInterrupted else { return dialogue.broke(.cancelled) }
        // Recording took its time.
        if let early = await whatCameEarly() { return early }
        // From here on the relay may have the whole message.
        isDotSent = true
        setting.recorder.mustGoOn = true
        setting.recorder.add(Line(from: .us, text: "."))
        do {
            try await stream.send(MessageData.finalDot, until: replyDeadline)
        } catch {
            return await broke(error)
        }
        return await readReply()
    }

    private func writeLoneDot() async -> [Dialogue.Action] {
        setting.recorder.add(Line(from: .us, text: "."))
        do {
            try await stream.send(MessageData.finalDot, until: replyDeadline)
        } catch {
            return await broke(error, mayHaveWords: true)
        }
        return await readReply()
    }

    // MARK: - Trouble

    /// After a failed send the relay's last words may wait: they say more than the failure.
    private func broke(
        _ error: SocketError,
        mayHaveWords: Bool = false
    ) async -> [Dialogue.Action] {
        if mayHaveWords, [.reset, .closed, .timedOut].contains(error.kind) {
            // Without last words the failure itself is told.
            let words = try? await nextReply(until: .after(.milliseconds(200)))
            if let words { return dialogue.lastWords(words) }
        }
        if isDotSent, case .finalDot = dialogue.state {
            return dialogue.broke(.unanswered(error.kind))
        }
        if error.kind == .tls, let failure = (stream as? TLSStream)?.failure {
            return dialogue.broke(.tls(failure))
        }
        return dialogue.broke(setting.reason(for: error))
    }

    private func broke(_ violation: ReplyParser.Violation) -> [Dialogue.Action] {
        let text = "(\(violation.text))"
        setting.recorder.add(
            Line(from: .relay, text: Transcript.text(scrubber.scrub(Array(text.utf8))))
        )
        if isDotSent, case .finalDot = dialogue.state { return dialogue.broke(.unanswered(nil)) }
        return dialogue.broke(.violation(violation))
    }
}

extension Conversation.Setting {
    /// A failed wait, told from a cancelled run and from a run whose time is up.
    func reason(for error: SocketError) -> Failure.Reason {
        switch error.kind {
        case .cancelled: .cancelled
        case .timedOut where deadline.hasPassed: .timedOut
        default: .connection(error.kind)
        }
    }

    func reason(for error: TLSError) -> Failure.Reason {
        switch error.kind {
        case .cancelled: .cancelled
        case .timedOut where deadline.hasPassed: .timedOut
        default: .tls(error)
        }
    }
}
