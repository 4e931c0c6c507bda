import Sockets

extension Run {
    /// Hands the message over on a connection of an earlier one.
    ///
    /// False without such a connection, and when it turned out dead before the relay had answered
    /// to MAIL.
    func reuse(_ setting: Conversation.Setting) async throws -> Bool {
        guard let connections = order.connections, let connectionKey, let transaction,
            let kept = connections.take(connectionKey, on: loop)
        else { return false }
        if let address = kept.destination.address, engine.egress(address) != .allowed {
            await kept.part()
            return false
        }
        var setting = setting
        setting.settings.host = kept.destination.peer
        try await recorder.begin(.connect, address: kept.destination.label)
        let note = "The connection of an earlier message is used again."
        let facts = [Fact("reused", .number(kept.messages)), Fact("note", note)]
        try await recorder.finish(.skipped, facts)
        interruption.watch(kept.stream)
        let conversation = Conversation(
            setting,
            kept,
            plan: plan(for: transaction, heloName: kept.heloName),
            message: encodedMessage,
            mustAsk: connections.mustAsk(kept)
        )
        let failure = try await conversation.run()
        interruption.watch(nil)
        guard !conversation.isStale else {
            connections.forget(connectionKey, on: loop)
            return false
        }
        destinations = [kept.destination]
        attempts.append(
            Attempt(kept.destination, failure, heloName: kept.heloName, conversation: conversation)
        )
        await keep(conversation)
        return true
    }

    /// Leaves a connection that is ready for another message to those who keep them.
    func keep(_ conversation: Conversation) async {
        interruption.watch(nil)
        guard let connections = order.connections, let connectionKey,
            let kept = conversation.kept
        else { return }
        // The cancellation may be on its way to the socket.
        guard !interruption.isInterrupted else { return await kept.part() }
        await connections.keep(kept, under: connectionKey, on: loop)
    }
}
