import Mail

extension Dialogue {
    /// MAIL, unless what the relay offers shows already that it cannot take the message.
    mutating func beginTransaction() -> [Action] {
        guard let transaction = plan.transaction else { return quit() }
        let began = begin(.sender)
        if transaction.needsUTF8, !capabilities.offersUTF8 { return began + fail(.utf8NotOffered) }
        if transaction.hasEightBit, !capabilities.offersEightBit {
            return began + fail(.eightBitNotOffered)
        }
        if let limit = capabilities.sizeLimit, transaction.size > limit {
            return began + fail(.tooLarge(limit: limit))
        }
        var parameters: [Command.MailParameter] = []
        if capabilities.offersSize { parameters.append(.size(transaction.size)) }
        if transaction.hasEightBit { parameters.append(.eightBit) }
        if transaction.needsUTF8 { parameters.append(.utf8) }
        state = .sender
        return began + [.write(.mail(transaction.sender, parameters: parameters))]
    }

    mutating func senderAnswered(_ reply: Reply) -> [Action] {
        guard reply.code == 250 else { return fail(.reply(reply)) }
        let facts = [
            Fact("sender", plan.transaction?.sender?.text ?? "<>"),
            Fact("size", .number(plan.transaction?.size ?? 0)),
        ]
        return [.finish(.ok, facts)] + nameRecipient(0)
    }

    private mutating func nameRecipient(_ index: Int) -> [Action] {
        guard let recipient = recipient(index) else { return askForData() }
        state = .recipient(index)
        return begin(.recipient) + [.write(.recipient(recipient))]
    }

    private func recipient(_ index: Int) -> Address? {
        guard let recipients = plan.transaction?.recipients, index < recipients.count else {
            return nil
        }
        return recipients[index]
    }

    mutating func recipientAnswered(_ reply: Reply, _ index: Int) -> [Action] {
        let facts = [Fact("recipient", recipient(index)?.text ?? "")]
        // 250, or 251 "will forward" (RFC 5321, section 3.4).
        if reply.isPositive { return [.finish(.ok, facts)] + nameRecipient(index + 1) }
        guard let recipient = recipient(index), reply.code != 421 else {
            return fail(.reply(reply), facts)
        }
        refused = ((refused?.recipients ?? []) + [recipient], refused?.reply ?? reply)
        let isLast = index + 1 == plan.transaction?.recipients.count
        if isLast, refused?.recipients.count == plan.transaction?.recipients.count {
            return fail(.reply(refused?.reply ?? reply), facts)
        }
        return [.finish(.failed, facts)] + nameRecipient(index + 1)
    }

    private mutating func askForData() -> [Action] {
        state = .data
        return begin(.data) + [.write(.data)]
    }

    mutating func dataAnswered(_ reply: Reply) -> [Action] {
        guard reply.code == 354 else { return fail(.reply(reply)) }
        state = .message
        return [.writeMessage]
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
        return [.finish(.ok, [Fact("queueID", .optional(queueID))])] + quit()
    }
}
