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
        /// Of the whole run.
        let deadline: Deadline
        let beforeFinalDot: @Sendable () async throws -> Void
    }

    private let setting: Setting
    /// What the steps call the other end.
    private let address: String
    private let socket: Socket
    private var stream: any ByteStream
    private var dialogue: Dialogue
    private var parser = ReplyParser()
    private let message: [UInt8]
    /// Until authentication is done; after it every command has its own.
    private let setupDeadline: Deadline

    /// Whether the address got through authentication.
    private(set) var isAuthenticated = false
    /// Whether the final dot may have reached the relay.
    private(set) var isDotSent = false
    var queueID: String? { dialogue.queueID }

    init(
        _ setting: Setting,
        address: String,
        socket: Socket,
        stream: any ByteStream,
        plan: Dialogue.Plan,
        message: [UInt8],
        setupDeadline: Deadline
    ) {
        self.setting = setting
        self.address = address
        self.socket = socket
        self.stream = stream
        self.message = message
        self.setupDeadline = setupDeadline
        dialogue = Dialogue(plan)
    }

    /// Talks until the end; nil when everything planned was reached.
    ///
    /// Throws: only what the run's listeners throw.
    func run() async throws -> Failure? {
        defer { stream.close() }
        var pending = dialogue.start()
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
        case .begin(let step): try await recorder.begin(step, address: address)
        case .finish(let status, let facts): try await recorder.finish(status, facts)
        case .skip(let step, let status, let facts):
            try await recorder.begin(step, address: address)
            try await recorder.finish(status, facts)
        case .write(let command): return await write(command)
        case .readReply: return await readReply()
        case .negotiateTLS: return await negotiateTLS()
        case .authenticated: isAuthenticated = true
        case .writeMessage: return await writeMessage()
        case .writeFinalDot: return try await writeFinalDot()
        case .end: break
        }
        return []
    }

    // MARK: - Commands and replies

    private func write(_ command: Command) async -> [Dialogue.Action] {
        setting.recorder.add(Line(from: .us, text: command.transcript))
        // What came without being asked for would be taken for the answer to this command.
        guard parser.isEmpty else { return await readUnasked() }
        do {
            try await stream.send(command.wire, until: replyDeadline)
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

    private func nextReply(until deadline: Deadline) async throws -> Reply {
        while true {
            if let reply = try parser.next() {
                let shown = reply.scrubbed(by: setting.scrubber)
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

    private var replyDeadline: Deadline {
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
        return dialogue.messageWritten()
    }

    private func writeFinalDot() async throws -> [Dialogue.Action] {
        do {
            try await setting.beforeFinalDot()
        } catch {
            stream.close()
            throw error
        }
        guard !setting.interruption.isInterrupted else { return dialogue.broke(.cancelled) }
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

    // MARK: - Trouble

    /// After a failed send the relay's last words may wait: they say more than the failure.
    private func broke(
        _ error: SocketError,
        mayHaveWords: Bool = false
    ) async -> [Dialogue.Action] {
        if mayHaveWords, error.kind == .reset || error.kind == .closed {
            // Without last words the failure itself is told.
            let words = try? await nextReply(until: .after(.milliseconds(200)))
            if let words { return dialogue.lastWords(words) }
        }
        if case .finalDot = dialogue.state { return dialogue.broke(.unanswered(error.kind)) }
        if error.kind == .tls, let failure = (stream as? TLSStream)?.failure {
            return dialogue.broke(.tls(failure))
        }
        return dialogue.broke(setting.reason(for: error))
    }

    private func broke(_ violation: ReplyParser.Violation) -> [Dialogue.Action] {
        let text = "(\(violation.text))"
        setting.recorder.add(
            Line(from: .relay, text: Transcript.text(setting.scrubber.scrub(Array(text.utf8))))
        )
        if case .finalDot = dialogue.state { return dialogue.broke(.unanswered(nil)) }
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
