import Mail
import Observability
import Sockets

extension Run {
    /// Everything with one address: connect, TLS where it comes first, and the conversation.
    func attempt(
        _ destination: Destination,
        _ common: Conversation.Setting
    ) async throws -> Attempt {
        var setting = common
        setting.settings.host = destination.peer
        let setupDeadline = min(Deadline.after(settings.timeout), deadline)
        try await recorder.begin(.connect, address: destination.label)
        let socket: Socket
        switch await connect(to: destination, until: setupDeadline) {
        case .failure(let failure):
            let port = destination.port ?? settings.port
            try await recorder.finish(.failed, [Fact("port", .number(Int(port)))])
            return Attempt(destination, failure)
        case .success(let connected):
            socket = connected
            interruption.watch(socket)
            try await recorder.finish(.ok, connectFacts(socket))
        }
        defer { interruption.watch(nil) }
        if let failure = try await askProxy(socket, destination, until: setupDeadline) {
            return Attempt(destination, failure)
        }
        var stream: any ByteStream = socket
        if settings.tls == .implicit {
            switch try await secure(socket, destination, setting, setupDeadline) {
            case .failure(let failure): return Attempt(destination, failure)
            case .success(let secured): stream = secured
            }
        }
        let plan = plan(ownAddress: socket.localAddress)
        let conversation = Conversation(
            setting,
            address: destination.label,
            socket: socket,
            stream: stream,
            plan: plan,
            message: plan.transaction == nil ? [] : encodedMessage,
            setupDeadline: setupDeadline
        )
        var failure = try await conversation.run()
        if failure?.isSilence == true, try await answersTLS(destination, setting) {
            failure = Failure(step: .greeting, reason: .tlsExpected)
        }
        return Attempt(destination, failure, heloName: plan.heloName, conversation: conversation)
    }

    private func connectFacts(_ socket: Socket) -> [Fact] {
        let other = socket.remoteAddress
        return [
            Fact("port", other.map { .number(Int($0.port)) } ?? .null),
            Fact("from", .optional(socket.localAddress?.description)),
        ] + (route.proxy == nil ? [] : [Fact("proxyAddress", .optional(other?.description))])
    }

    // MARK: - Implicit TLS

    private func secure(
        _ socket: Socket,
        _ destination: Destination,
        _ setting: Conversation.Setting,
        _ limit: Deadline
    ) async throws -> Result<TLSStream, Failure> {
        try await recorder.begin(.tls, address: destination.label)
        switch await shakeHands(socket, setting, limit) {
        case .success(let stream):
            try await recorder.finish(stream.report.status, stream.report.facts)
            return .success(stream)
        case .failure(let error):
            if case .plainText(let bytes) = error.kind, !bytes.isEmpty {
                recorder.add(Line(from: .relay, text: Transcript.text(bytes)))
            }
            try await recorder.finish(.failed, error.report?.facts ?? [])
            return .failure(Failure(step: .tls, reason: setting.reason(for: error)))
        }
    }

    private func shakeHands(
        _ socket: Socket,
        _ setting: Conversation.Setting,
        _ limit: Deadline
    ) async -> Result<TLSStream, TLSError> {
        do throws(TLSError) {
            return .success(
                try await TLSStream.client(
                    socket,
                    setting.tls,
                    name: setting.settings.host.tlsName,
                    verify: settings.verifyCertificate,
                    until: limit
                )
            )
        } catch {
            return .failure(error)
        }
    }

    /// After silence instead of a greeting: whether the port waits for TLS, on a connection of
    /// its own.
    private func answersTLS(
        _ destination: Destination,
        _ setting: Conversation.Setting
    ) async throws -> Bool {
        let patience = min(settings.timeout, engine.limits.goodbye)
        let limit = min(Deadline.after(patience), deadline)
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

    // MARK: - The plan

    private func plan(ownAddress: SocketAddress?) -> Dialogue.Plan {
        Dialogue.Plan(
            heloName: settings.heloName ?? .literal(ownAddress ?? Self.nowhere),
            tls: settings.tls,
            authentication: settings.authentication,
            credentials: settings.hasUsername ? credentials : nil,
            allowPlaintextAuthentication: settings.allowPlaintextAuthentication,
            transaction: isMessageTried ? nil : transaction
        )
    }

    /// For a socket that does not know its own address any more.
    private static let nowhere = SocketAddress(family: .ipv4, bytes: [127, 0, 0, 1], port: 0)

    private var credentials: Credentials? {
        settings.username.map { username in
            Credentials(username: username, password: settings.password ?? Redacted([]))
        }
    }

    private var transaction: Dialogue.Transaction? {
        order.submission.map { submission in
            let addresses = submission.recipients + (submission.sender.map { [$0] } ?? [])
            return Dialogue.Transaction(
                sender: submission.sender,
                recipients: submission.recipients,
                size: encodedMessage.count,
                hasEightBit: submission.message.contains { $0 >= 0x80 },
                needsUTF8: addresses.contains(where: \.needsSMTPUTF8)
                    || MessageData.hasEightBitHeader(submission.message)
            )
        }
    }
}
