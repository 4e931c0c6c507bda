import Sockets

/// A failure that says little is looked at again, on a connection of its own.
extension Run {
    /// The failure, or what a second look found to be its cause.
    func explained(
        _ failure: Failure?,
        _ destination: Destination,
        _ setting: Conversation.Setting
    ) async throws -> Failure? {
        guard let failure, !interruption.isInterrupted, !deadline.hasPassed else { return failure }
        if failure.isSilence, try await answersTLS(destination, setting) {
            return Failure(step: .greeting, reason: .tlsExpected)
        }
        if failure.isAboutVersions, let version = try await outdatedVersion(failure, destination) {
            return Failure(step: failure.step, reason: .outdatedTLS(version))
        }
        return failure
    }

    private var patience: Deadline {
        min(Deadline.after(min(settings.timeout, engine.limits.goodbye)), deadline)
    }

    /// After silence instead of a greeting: whether the port waits for TLS, on a connection of
    /// its own.
    private func answersTLS(
        _ destination: Destination,
        _ setting: Conversation.Setting
    ) async throws -> Bool {
        let limit = patience
        try await recorder.begin(.tls, address: destination.label)
        guard let socket = await secondConnection(to: destination, until: limit) else {
            try await recorder.finish(.skipped, [Fact("note", "No second connection for a try.")])
            return false
        }
        let isTLS: Bool
        switch await shakeHands(socket, setting, limit) {
        case .success(let stream):
            stream.close()
            isTLS = true
        case .failure(let error): isTLS = error.report != nil
        }
        let note = isTLS ? "The port answers to TLS." : "The port does not answer to TLS either."
        try await recorder.finish(isTLS ? .warning : .skipped, [Fact("note", note)])
        return isTLS
    }

    /// Another connection to the destination, for a try that is no part of the conversation.
    func secondConnection(
        to destination: Destination,
        until limit: Deadline
    ) async -> Socket? {
        guard case .success(let socket) = await connect(to: destination, until: limit) else {
            return nil
        }
        interruption.watch(socket)
        let (failure, _) = await negotiate(socket, destination, until: limit)
        return failure == nil ? socket : nil
    }

    // MARK: - Old versions of TLS

    /// The version before TLS 1.2 that the relay speaks; nil for none.
    ///
    /// Only the handshake is made, and nothing is said over the connection.
    private func outdatedVersion(
        _ failure: Failure,
        _ destination: Destination
    ) async throws -> String? {
        let limit = patience
        try await recorder.begin(.tls, address: destination.label)
        let version = await outdatedHandshake(failure.step, destination, until: limit)
        guard let version else {
            let note = "The relay does not answer to older versions of TLS either."
            try await recorder.finish(.skipped, [Fact("note", note)])
            return nil
        }
        let note = "The relay speaks \(version) at most; nothing was sent over it."
        try await recorder.finish(.warning, [Fact("note", note), Fact("protocol", version)])
        return version
    }

    private func outdatedHandshake(
        _ step: StepName,
        _ destination: Destination,
        until limit: Deadline
    ) async -> String? {
        guard let socket = await secondConnection(to: destination, until: limit) else {
            return nil
        }
        defer { socket.close() }
        if step == .startTLS {
            guard await startsTLS(socket, until: limit) else { return nil }
        }
        do throws(TLSError) {
            let stream = try await TLSStream.client(
                socket,
                try TLSContext.outdatedClient(),
                name: destination.peer.tlsName,
                verify: false,
                until: limit
            )
            defer { stream.close() }
            return stream.report.protocolName
        } catch {
            return nil
        }
    }

    /// Talks up to the answer to STARTTLS, without a trace: the conversation has shown it before.
    private func startsTLS(_ socket: Socket, until limit: Deadline) async -> Bool {
        let name = settings.heloName ?? .literal(socket.localAddress ?? Self.nowhere)
        var parser = ReplyParser()
        for (command, code) in [(nil, 220), (Command.ehlo(name), 250), (.startTLS, 220)] {
            do {
                if let command { try await socket.send(command.wire, until: limit) }
                guard try await nextReply(&parser, socket, until: limit).code == code else {
                    return false
                }
            } catch {
                return false
            }
        }
        return parser.isEmpty
    }

    private func nextReply(
        _ parser: inout ReplyParser,
        _ socket: Socket,
        until limit: Deadline
    ) async throws -> Reply {
        while true {
            if let reply = try parser.next() { return reply }
            var bytes: [UInt8] = []
            let count = try await socket.receive(into: &bytes, atMost: 16_384, until: limit)
            guard count > 0 else { throw SocketError(.closed, during: .receive) }
            parser.feed(bytes)
        }
    }
}

extension Failure {
    /// Whether old versions of TLS may be the cause.
    fileprivate var isAboutVersions: Bool {
        guard step == .tls || step == .startTLS, case .tls(let error) = reason else { return false }
        switch error.kind {
        case .protocolVersion, .handshake, .closed, .reset: return true
        default: return false
        }
    }
}
