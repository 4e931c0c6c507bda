/// One client's conversation with the capture relay: bytes in, steps out (RFC 5321).
///
/// It accepts everything but what shows a failure on purpose: the user name or password `wrong`,
/// recipients that begin with `reject` or `greylist`.
struct CaptureSession {
    /// What the connection has to do next.
    enum Step: Equatable {
        case send(CaptureReply)
        /// Send, then close.
        case close(CaptureReply)
        /// Send, then shake hands and call `tlsStarted()`.
        case startTLS(CaptureReply)
        /// Keep the message, then send `queued(as:)` or `CaptureReply.notKept`.
        case keep(ReceivedMail)
    }

    let name: String
    let limits: CaptureLimits
    let offersTLS: Bool
    var input = InputBuffer()
    var isEncrypted = false
    var client: Client?
    var isAuthenticated = false
    var exchange: AuthenticationExchange?
    var transaction: Transaction?
    private var data: DotUnstuffer?
    private var badCommands = 0

    /// What the client said of itself.
    struct Client: Equatable {
        let name: String
        let isExtended: Bool
    }

    /// The envelope of the message that is being handed over.
    struct Transaction: Equatable {
        let sender: String
        let isInternational: Bool
        var recipients: [String] = []
    }

    init(name: String, offersTLS: Bool, limits: CaptureLimits) {
        self.name = name
        self.offersTLS = offersTLS
        self.limits = limits
    }

    var greeting: CaptureReply {
        CaptureReply(220, "\(name) ESMTP Sendproof capture, keeps everything, sends nothing")
    }

    static func queued(as id: String) -> CaptureReply {
        CaptureReply(250, "2.0.0 Ok: queued as \(id)")
    }

    /// Takes what the client sent; `next()` tells what follows from it.
    mutating func receive(_ bytes: [UInt8]) {
        input.append(bytes)
    }

    /// The next step; nil when more must arrive first.
    mutating func next() -> Step? {
        if data != nil { return readData() }
        guard let line = input.nextLine(limit: CaptureLimits.lineBytes) else { return nil }
        let step = step(after: line)
        guard case .send(let reply) = step, (500...504).contains(reply.code) else { return step }
        badCommands += 1
        guard badCommands < CaptureLimits.badCommands else {
            return .close(CaptureReply(421, "4.7.0 Too many errors; closing"))
        }
        return step
    }

    /// Forgets everything said before the handshake (RFC 3207 section 4.2).
    mutating func tlsStarted() {
        self = CaptureSession(name: name, offersTLS: offersTLS, limits: limits)
        isEncrypted = true
    }

    private mutating func step(after line: InputBuffer.Line) -> Step {
        switch line {
        case .text(let bytes) where exchange != nil: return .send(continueExchange(bytes))
        case .text(let bytes): return command(bytes)
        case .malformed:
            exchange = nil
            return .send(CaptureReply(500, "5.5.2 End each line with CR LF"))
        case .tooLong:
            exchange = nil
            return .send(CaptureReply(500, "5.5.2 The line is too long"))
        }
    }

    /// Starts to take the message; only after RCPT.
    mutating func beginData() -> CaptureReply {
        guard let transaction else { return .badSequence }
        guard !transaction.recipients.isEmpty else {
            return CaptureReply(554, "5.5.1 No valid recipients")
        }
        data = DotUnstuffer(limit: limits.messageBytes)
        return CaptureReply(354, "End data with <CR><LF>.<CR><LF>")
    }

    private mutating func readData() -> Step? {
        guard var data, let transaction else { return nil }
        // Taken out while it grows, so that the message is not copied.
        self.data = nil
        guard input.read(into: &data) else {
            // Nobody has to listen to a client that does not end.
            if data.byteCount > 2 * limits.messageBytes { return .close(.tooLarge) }
            self.data = data
            return nil
        }
        self.transaction = nil
        guard !data.isTooLarge else { return .send(.tooLarge) }
        return .keep(
            ReceivedMail(
                sender: transaction.sender,
                recipients: transaction.recipients,
                clientName: client?.name ?? "unknown",
                serverName: name,
                protocolName: protocolName(isInternational: transaction.isInternational),
                message: data.message
            )
        )
    }

    /// The keyword of the Received field (RFC 3848; RFC 6531 section 4.3).
    private func protocolName(isInternational: Bool) -> String {
        guard client?.isExtended == true else { return "SMTP" }
        return (isInternational ? "UTF8SMTP" : "ESMTP") + (isEncrypted ? "S" : "")
            + (isAuthenticated ? "A" : "")
    }
}
