import Mail

/// One message: MAIL, its recipients, DATA, and the final dot.
///
/// Where the relay offers PIPELINING (RFC 2920), MAIL, RCPT and DATA go in one write, and their
/// answers are read one after the other, each for its own step. DATA may then be agreed to although
/// no recipient was: a lone final dot ends that, without a marker, since nobody can get the message.
extension Dialogue {
    /// More recipients wait for the answers of these: the commands of a group and their answers fit
    /// into the buffers of both sides, so that nobody waits for the other to read.
    static let mostTogether = 50

    /// The next message on a connection that has carried one; `asking` whether the relay listens.
    mutating func resume(asking: Bool) -> [Action] {
        let began = [.authenticated] + begin(.sender)
        guard asking else { return began + mail() }
        state = .reset
        return began + [.write(.reset)]
    }

    mutating func beginTransaction() -> [Action] {
        begin(.sender) + mail()
    }

    /// MAIL, unless what the relay offers shows already that it cannot take the message.
    mutating func mail() -> [Action] {
        guard let transaction = plan.transaction else { return [.finish(.skipped, [])] + quit() }
        if let reason = obstacle(to: transaction) {
            // Found out here, and true of a new connection too.
            isSenderAnswered = true
            return fail(reason)
        }
        state = .sender
        let parameters = mailParameters(of: transaction)
        return write(.mail(transaction.sender, parameters: parameters), before: 0)
    }

    private func obstacle(to transaction: Transaction) -> Failure.Reason? {
        if transaction.requiresTLS {
            guard isEncrypted, plan.verifiesCertificate else { return .requireTLSUnverified }
            guard capabilities.offersRequireTLS else { return .requireTLSNotOffered }
        }
        if transaction.needsUTF8, !capabilities.offersUTF8 { return .utf8NotOffered }
        if transaction.hasEightBit, !capabilities.offersEightBit { return .eightBitNotOffered }
        if let limit = capabilities.sizeLimit, transaction.size > limit {
            return .tooLarge(limit: limit)
        }
        return nil
    }

    private func mailParameters(of transaction: Transaction) -> [Command.MailParameter] {
        var parameters: [Command.MailParameter] = []
        if capabilities.offersSize { parameters.append(.size(transaction.size)) }
        if transaction.hasEightBit { parameters.append(.eightBit) }
        if transaction.needsUTF8 { parameters.append(.utf8) }
        if transaction.requiresTLS { parameters.append(.requireTLS) }
        if capabilities.offersDSN, let status = transaction.deliveryStatus {
            if let extent = status.returned { parameters.append(.returned(extent)) }
            if let id = status.envelopeID { parameters.append(.envelopeID(id)) }
        }
        return parameters
    }

    // MARK: - Groups of commands

    /// Writes `command` and, to a relay that reads ahead, what follows it: recipients from `index`
    /// on, and DATA after the last.
    private mutating func write(_ command: Command, before index: Int) -> [Action] {
        guard capabilities.offersPipelining else { return [.write(command)] }
        let recipients = plan.transaction?.recipients ?? []
        let end = min(index + Self.mostTogether, recipients.count)
        var group = [command] + recipients[min(index, end)..<end].map(naming)
        if end == recipients.count { group.append(.data) }
        ahead = group.count - 1
        return [.writeTogether(group)]
    }

    private func naming(_ recipient: Address) -> Command {
        guard capabilities.offersDSN, let status = plan.transaction?.deliveryStatus else {
            return .recipient(recipient, parameters: [])
        }
        return .recipient(recipient, parameters: [.notify(status.notify), .original(recipient)])
    }

    /// The answer to a command that already went with its group.
    private mutating func awaitReply(to command: Command) -> [Action] {
        ahead -= 1
        return [.awaitReply(to: command)]
    }

    /// Notes the failure and, when more answers are to come, goes on to read them.
    private mutating func giveUp(_ reply: Reply, _ facts: [Fact], then next: Int) -> [Action] {
        guard ahead > 0 else { return fail(.reply(reply), facts) }
        // Whoever shuts down answers nothing more.
        if reply.code == 421 { return hangUp(.reply(reply), facts) }
        failure = failure ?? Failure(step: step, reason: .reply(reply))
        return [.finish(.failed, facts)] + nameRecipient(next)
    }

    /// Ends without QUIT, which would come at the wrong place.
    private mutating func hangUp(_ reason: Failure.Reason, _ facts: [Fact]) -> [Action] {
        failure = failure ?? Failure(step: step, reason: reason)
        state = .ended
        return [.finish(.failed, facts), .end(failure)]
    }

    // MARK: - Sender and recipients

    mutating func senderAnswered(_ reply: Reply) -> [Action] {
        // It is closing: nothing was sent, and a new connection may do. 450, 451 and 452 are answers
        // about this message (RFC 5321, sections 3.8 and 4.2.3).
        if isResumed, reply.code == 421 { return stale() }
        isSenderAnswered = true
        var facts = [
            Fact("sender", plan.transaction?.sender?.text ?? "<>"),
            Fact("size", .number(plan.transaction?.size ?? 0)),
        ]
        if ahead > 0 { facts.append(Fact("pipelined", .bool(true))) }
        guard reply.code == 250 else { return giveUp(reply, facts, then: 0) }
        guard plan.transaction?.deliveryStatus != nil, !capabilities.offersDSN else {
            return [.finish(.ok, facts)] + nameRecipient(0)
        }
        let note = "The relay does not offer DSN: it was not asked for a delivery status."
        return [.finish(.warning, facts + [Fact("note", note)])] + nameRecipient(0)
    }

    private mutating func nameRecipient(_ index: Int) -> [Action] {
        if failure != nil, ahead == 0 { return quit() }
        guard let recipient = recipient(index) else { return askForData() }
        state = .recipient(index)
        let command = naming(recipient)
        let said = ahead > 0 ? awaitReply(to: command) : write(command, before: index + 1)
        return begin(.recipient) + said
    }

    private func recipient(_ index: Int) -> Address? {
        guard let recipients = plan.transaction?.recipients, index < recipients.count else {
            return nil
        }
        return recipients[index]
    }

    mutating func recipientAnswered(_ reply: Reply, _ index: Int) -> [Action] {
        let facts = [
            Fact("recipient", recipient(index)?.text ?? ""), Fact("code", .number(reply.code)),
            Fact("enhanced", .optional(reply.enhanced?.text)),
        ]
        // 250, or 251 "will forward" (RFC 5321, section 3.4).
        if reply.isPositive { hasRecipient = true }
        // The sender was refused: no recipient counts any more.
        if failure != nil { return [.finish(.skipped, facts)] + nameRecipient(index + 1) }
        if reply.isPositive { return [.finish(.ok, facts)] + nameRecipient(index + 1) }
        guard let recipient = recipient(index), reply.code != 421 else {
            return giveUp(reply, facts, then: index + 1)
        }
        refused = ((refused?.recipients ?? []) + [recipient], refused?.reply ?? reply)
        if refused?.recipients.count == plan.transaction?.recipients.count {
            return giveUp(refused?.reply ?? reply, facts, then: index + 1)
        }
        return [.finish(.failed, facts)] + nameRecipient(index + 1)
    }

    // MARK: - The message

    private mutating func askForData() -> [Action] {
        state = .data
        return begin(.data) + (ahead > 0 ? awaitReply(to: .data) : [.write(.data)])
    }

    mutating func dataAnswered(_ reply: Reply) -> [Action] {
        guard failure == nil else { return dataAnsweredInVain(reply) }
        guard reply.code == 354 else { return fail(.reply(reply)) }
        state = .message
        return [.writeMessage]
    }

    /// Sender or recipients were refused when DATA was already on its way.
    private mutating func dataAnsweredInVain(_ reply: Reply) -> [Action] {
        guard reply.code == 354 else { return [.finish(.skipped, [])] + quit() }
        // A recipient without a sender: not even an empty message may go there.
        guard !hasRecipient else { return hangUp(.unsolicited(reply), []) }
        state = .loneDot
        return [.writeLoneDot]
    }

    mutating func loneDotAnswered() -> [Action] {
        let note = "The relay asked for the message although nobody was to get it; none was sent."
        return [.finish(.skipped, [Fact("note", note)])] + quit()
    }

    /// Everything but the final dot is with the relay.
    mutating func messageWritten() -> [Action] {
        state = .finalDot
        let facts = [Fact("bytes", .number(plan.transaction?.size ?? 0))]
        return [.finish(.ok, facts)] + begin(.accepted) + [.writeFinalDot]
    }

    mutating func finalDotAnswered(_ reply: Reply) -> [Action] {
        // Neither yes nor no: the relay may have the message.
        guard reply.isPositive || reply.code >= 400 else { return fail(.unanswered(nil)) }
        guard reply.isPositive else { return fail(.reply(reply)) }
        queueID = QueueID.find(in: reply)
        if let refused {
            failure = Failure(
                step: .recipient,
                reason: .recipientsRefused(refused.recipients, refused.reply)
            )
        }
        let finish = Action.finish(.ok, [Fact("queueID", .optional(queueID))])
        guard plan.keepsConnection else { return [finish] + quit() }
        state = .idle
        return [finish, .end(failure)]
    }
}
