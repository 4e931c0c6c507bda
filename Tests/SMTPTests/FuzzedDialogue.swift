import Mail
import Observability
import Sockets

@testable import SMTP

/// A dialogue whose relay does what bytes say.
struct FuzzedDialogue {
    private var dialogue: Dialogue
    private let plan: Dialogue.Plan
    private var openStep: StepName?
    private var hasEnded = false
    private var failure: Failure?
    /// What the dialogue waits for; nil after its end.
    private var wait: Wait?
    private var isEncrypted: Bool
    private var messages = 0
    private var dots = 0
    private var acceptedRecipients = 0
    private var isAccepted = false

    private enum Wait { case reply, handshake, message }

    private static let secret = "s3cret-of-the-fuzzer"

    init(_ bytes: inout ArraySlice<UInt8>) throws {
        let options = Int(bytes.popFirst() ?? 0)
        let more = Int(bytes.popFirst() ?? 0)
        plan = try Self.plan(options, more)
        isEncrypted = plan.tls == .implicit
        if more & 0x80 != 0, plan.transaction != nil {
            // What is kept was made with the same settings.
            isEncrypted = plan.tls == .implicit || plan.tls == .startTLS
            let offered = Reply(code: 250, lines: [[], Array("PIPELINING".utf8)])
            dialogue = Dialogue(plan, resuming: Capabilities(offered), isEncrypted: isEncrypted)
            try perform(dialogue.resume(asking: more & 0x40 != 0))
        } else {
            dialogue = Dialogue(plan)
            try perform(dialogue.start())
        }
    }

    private static func plan(_ options: Int, _ more: Int) throws -> Dialogue.Plan {
        guard let heloName = HeloName("client.test") else {
            throw FuzzedInput.BrokenRule(rule: "no HELO name")
        }
        let modes = TLSMode.allCases
        let ways = Authentication.allCases
        let recipients = try (0..<(more & 0x03)).map { try Address(parsing: "r\($0)@example.test") }
        var transaction = Dialogue.Transaction(
            sender: try Address(parsing: "no-reply@tenant.test"),
            recipients: recipients,
            size: 100,
            hasEightBit: more & 0x04 != 0,
            needsUTF8: more & 0x08 != 0
        )
        transaction.requiresTLS = more & 0x10 != 0
        transaction.deliveryStatus =
            more & 0x20 != 0
            ? DeliveryStatus(notify: [.failure], returned: .full, envelopeID: "a=b") : nil
        var plan = Dialogue.Plan(
            heloName: heloName,
            tls: modes[options % modes.count],
            authentication: ways[(options / modes.count) % ways.count],
            credentials: options & 0x80 != 0
                ? nil
                : Credentials(
                    username: Redacted(Array("user".utf8)),
                    password: Redacted(Array(secret.utf8))
                ),
            allowPlaintextAuthentication: options & 0x40 != 0,
            transaction: recipients.isEmpty ? nil : transaction
        )
        plan.keepsConnection = options & 0x20 != 0
        return plan
    }

    // MARK: - What happens

    mutating func run(_ input: ArraySlice<UInt8>) throws {
        var bytes = input
        var events = 0
        while let event = bytes.popFirst(), !hasEnded {
            events += 1
            try FuzzedInput.check(events < 300, "a conversation without end")
            try happen(event, &bytes)
        }
        if !hasEnded { try perform(dialogue.broke(broken(0))) }
        try FuzzedInput.check(hasEnded, "no end")
        try FuzzedInput.check(openStep == nil, "a step without an end")
        guard failure == nil, !dialogue.isStale, plan.transaction != nil else { return }
        try FuzzedInput.check(isAccepted, "success without an accepted message")
    }

    private mutating func happen(_ event: UInt8, _ bytes: inout ArraySlice<UInt8>) throws {
        switch (event, wait) {
        case (0xC0..<0xE0, _): try perform(dialogue.broke(broken(event)))
        case (0xE0..., _): try perform(dialogue.lastWords(reply(event, &bytes)))
        case (_, .reply): try answer(reply(event, &bytes), isAlone: event % 7 != 0)
        case (_, .handshake):
            isEncrypted = true
            try perform(dialogue.tlsEstablished([], status: .ok))
        case (_, .message): try perform(dialogue.messageWritten())
        case (_, nil): throw FuzzedInput.BrokenRule(rule: "waits for nothing")
        }
    }

    private mutating func answer(_ reply: Reply, isAlone: Bool) throws {
        if dialogue.step == .recipient, reply.isPositive { acceptedRecipients += 1 }
        if case .finalDot = dialogue.state { isAccepted = reply.isPositive }
        try perform(dialogue.receive(reply, isAlone: isAlone))
    }

    private func broken(_ event: UInt8) -> Failure.Reason {
        if case .finalDot = dialogue.state { return .unanswered(.closed) }
        switch event % 6 {
        case 0: return .connection(.closed)
        case 1: return .connection(.timedOut)
        case 2: return .cancelled
        case 3: return .violation(.bareLineFeed)
        case 4: return .injectedPlaintext
        default: return .timedOut
        }
    }

    private static let typical = [
        "220 relay.test ESMTP", "250 ok",
        "250-relay.test\r\n250-PIPELINING\r\n250-DSN\r\n250-SIZE 1000"
            + "\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-REQUIRETLS\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN",
        "250-relay.test\r\n250 AUTH LOGIN", "250-relay.test\r\n250 STARTTLS", "220 go on",
        "334 VXNlcm5hbWU6", "334 not base64", "235 2.7.0 ok", "535 5.7.8 no", "354 go on",
        "250 2.0.0 Ok: queued as 4X1", "421 4.3.2 bye", "451 4.3.0 later", "550 5.1.1 no",
        "502 5.5.2 what", "221 bye", "250-relay.test\r\n250-PIPELINING\r\n250 SIZE 1", "251 ok",
    ]

    private func reply(_ event: UInt8, _ bytes: inout ArraySlice<UInt8>) throws -> Reply {
        var text = Array((Self.typical[Int(event & 0x7F) % Self.typical.count] + "\r\n").utf8)
        if (0x80..<0xC0).contains(event) {
            let code = 200 + (Int(bytes.popFirst() ?? 0) * 256 + Int(bytes.popFirst() ?? 0)) % 400
            let length = Int(event & 0x3F)
            text = Array("\(code) ".utf8) + bytes.prefix(length).filter { $0 != 0x0A && $0 != 0x0D }
            text += [0x0D, 0x0A]
            bytes = bytes.dropFirst(length)
        }
        var parser = ReplyParser()
        parser.feed(text)
        guard let reply = try parser.next() else {
            throw FuzzedInput.BrokenRule(rule: "a reply that is none")
        }
        return reply
    }

    // MARK: - What the dialogue does

    private mutating func perform(_ actions: [Dialogue.Action]) throws {
        wait = nil
        for action in actions {
            try FuzzedInput.check(wait == nil, "an action after one that waits")
            try FuzzedInput.check(!hasEnded, "an action after the end")
            try perform(action)
        }
        try FuzzedInput.check(hasEnded || wait != nil, "neither waits nor ends")
    }

    private mutating func perform(_ action: Dialogue.Action) throws {
        switch action {
        case .begin(let step):
            try FuzzedInput.check(openStep == nil, "a step inside a step")
            openStep = step
        case .finish:
            try FuzzedInput.check(openStep != nil, "an end without a step")
            openStep = nil
        case .skip: try FuzzedInput.check(openStep == nil, "a skip inside a step")
        case .write(let command): try say([command])
        case .writeTogether(let commands): try say(commands)
        case .awaitReply, .readReply: wait = .reply
        case .negotiateTLS:
            try FuzzedInput.check(!isEncrypted, "TLS inside TLS")
            wait = .handshake
        case .leave, .authenticated: break
        case .writeMessage:
            messages += 1
            try FuzzedInput.check(messages == 1, "a second message")
            try FuzzedInput.check(acceptedRecipients > 0, "a message for nobody")
            wait = .message
        case .writeFinalDot:
            dots += 1
            try FuzzedInput.check(messages == 1 && dots == 1, "a dot too much")
            wait = .reply
        case .writeLoneDot:
            try FuzzedInput.check(acceptedRecipients == 0, "an empty message for somebody")
            wait = .reply
        case .end(let end):
            hasEnded = true
            failure = end
        }
    }

    private mutating func say(_ commands: [Command]) throws {
        wait = .reply
        for command in commands {
            let wire = command.wire
            try FuzzedInput.check(
                wire.suffix(2) == [0x0D, 0x0A]
                    && !wire.dropLast(2).contains { $0 == 0x0D || $0 == 0x0A || $0 == 0 },
                "a command of two lines"
            )
            let shown = Array(command.transcript.utf8)
            try FuzzedInput.check(!shown.contains(Array(Self.secret.utf8)), "a secret is shown")
            try judgeEncryption(command)
        }
    }

    private func judgeEncryption(_ command: Command) throws {
        let mayBePlain = isEncrypted || plan.allowPlaintextAuthentication
        switch command {
        case .auth(let mechanism, _) where mechanism == "PLAIN" || mechanism == "LOGIN":
            try FuzzedInput.check(mayBePlain, "a password in plain text")
            try FuzzedInput.check(isEncrypted || plan.tls != .startTLS, "AUTH before STARTTLS")
        case .mail:
            try FuzzedInput.check(isEncrypted || plan.tls != .startTLS, "MAIL before STARTTLS")
            let isPlain = !isEncrypted && plan.transaction?.requiresTLS == true
            try FuzzedInput.check(!isPlain, "REQUIRETLS in plain text")
        default: break
        }
    }
}
