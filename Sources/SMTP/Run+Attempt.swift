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
            case .failure(let failure):
                return Attempt(destination, try await explained(failure, destination, setting))
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
        let failure = try await explained(try await conversation.run(), destination, setting)
        return Attempt(destination, failure, heloName: plan.heloName, conversation: conversation)
    }

    private func connectFacts(_ socket: Socket) -> [Fact] {
        let other = socket.remoteAddress
        return [
            Fact("port", other.map { .number(Int($0.port)) } ?? .null),
            Fact("from", .optional(socket.localAddress?.description)),
        ] + (route.proxy == nil ? [] : [Fact("proxyAddress", .optional(other?.description))])
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
    static let nowhere = SocketAddress(family: .ipv4, bytes: [127, 0, 0, 1], port: 0)

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
