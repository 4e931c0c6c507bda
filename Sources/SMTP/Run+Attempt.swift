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
        let ownName = HeloName.literal(socket.localAddress ?? Self.nowhere)
        let plan = plan(
            for: isMessageTried ? nil : transaction,
            heloName: settings.heloName ?? ownName
        )
        let conversation = Conversation(
            setting,
            destination: destination,
            socket: socket,
            stream: stream,
            plan: plan,
            message: plan.transaction == nil ? [] : encodedMessage,
            setupDeadline: setupDeadline
        )
        var failure = try await conversation.run()
        await keep(conversation)
        failure = try await explained(failure, destination, setting)
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

    func plan(for transaction: Dialogue.Transaction?, heloName: HeloName) -> Dialogue.Plan {
        Dialogue.Plan(
            heloName: heloName,
            tls: settings.tls,
            authentication: settings.authentication,
            hasUsername: settings.hasUsername,
            allowPlaintextAuthentication: settings.allowPlaintextAuthentication,
            verifiesCertificate: settings.verifyCertificate || settings.pinnedKey != nil,
            passwordNotice: Notice.text(for: settings.host, at: startedAt),
            transaction: transaction,
            keepsConnection: order.connections != nil
        )
    }

    /// For a socket that does not know its own address any more.
    static let nowhere = SocketAddress(family: .ipv4, bytes: [127, 0, 0, 1], port: 0)
}
