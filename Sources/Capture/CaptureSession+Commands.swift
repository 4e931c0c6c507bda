extension CaptureSession {
    /// Answers one command line.
    mutating func command(_ line: [UInt8]) -> Step {
        let verb = line.prefix { $0 != .space }
        var argument = line[verb.endIndex...].drop { $0 == .space }
        while argument.last == .space { argument.removeLast() }
        switch String(decoding: verb.map(\.lowercased), as: UTF8.self) {
        case "ehlo": return .send(greet(argument, isExtended: true))
        case "helo": return .send(greet(argument, isExtended: false))
        case "starttls": return startTLS(argument)
        case "auth": return .send(authenticate(argument))
        case "mail": return .send(mail(argument))
        case "rcpt": return .send(recipient(argument))
        case "data": return .send(argument.isEmpty ? beginData() : .badArguments)
        case "rset":
            transaction = nil
            return .send(.ok)
        case "noop": return .send(.ok)
        case "vrfy":
            return .send(CaptureReply(252, "2.5.0 Cannot verify, but will take the message"))
        case "quit": return .close(.goodbye)
        default: return .send(CaptureReply(500, "5.5.2 Command not recognised"))
        }
    }

    private mutating func greet(_ argument: ArraySlice<UInt8>, isExtended: Bool) -> CaptureReply {
        guard let client = Self.clientName(argument) else { return .badArguments }
        self.client = Client(name: client, isExtended: isExtended)
        transaction = nil
        guard isExtended else { return CaptureReply(250, name) }
        var lines = [name, "SIZE \(limits.messageBytes)", "8BITMIME", "SMTPUTF8"]
        lines.append("ENHANCEDSTATUSCODES")
        if offersTLS && !isEncrypted { lines.append("STARTTLS") }
        lines.append("AUTH PLAIN LOGIN")
        return CaptureReply(250, lines: lines)
    }

    /// A name that can stand in a Received field: letters, digits and the marks of addresses.
    private static func clientName(_ argument: ArraySlice<UInt8>) -> String? {
        let isName = argument.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
            default: "-._:[]".utf8.contains(byte)
            }
        }
        guard isName, (1...255).contains(argument.count) else { return nil }
        return String(decoding: argument, as: UTF8.self)
    }

    private mutating func startTLS(_ argument: ArraySlice<UInt8>) -> Step {
        guard offersTLS else {
            return .send(CaptureReply(502, "5.5.1 STARTTLS is not offered"))
        }
        guard argument.isEmpty else { return .send(.badArguments) }
        guard !isEncrypted, client?.isExtended == true else { return .send(.badSequence) }
        // What was sent along in plain text may be somebody else's: it must never be read as if
        // it had come encrypted.
        guard input.isEmpty else {
            input.removeAll()
            return .close(CaptureReply(554, "5.5.1 Nothing may follow STARTTLS before TLS"))
        }
        return .startTLS(CaptureReply(220, "2.0.0 Ready to start TLS"))
    }
}
