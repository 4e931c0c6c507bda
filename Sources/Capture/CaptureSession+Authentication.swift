/// Where an AUTH exchange stands; it holds no credential, only whether one was the wrong one.
enum AuthenticationExchange: Equatable {
    case plain
    case loginName
    case loginPassword(isWrongName: Bool)
}

extension CaptureSession {
    /// Begins AUTH PLAIN (RFC 4616) or LOGIN, with or without an initial response (RFC 4954).
    ///
    /// Offered before TLS too: a demo on the loopback has nobody to hide from.
    mutating func authenticate(_ argument: ArraySlice<UInt8>) -> CaptureReply {
        guard client?.isExtended == true, !isAuthenticated, transaction == nil else {
            return .badSequence
        }
        let words = argument.split(separator: .space)
        guard let mechanism = words.first, words.count <= 2 else { return .badArguments }
        switch String(decoding: mechanism.map(\.lowercased), as: UTF8.self) {
        case "plain":
            exchange = .plain
            guard words.count == 2 else { return Self.challenge("") }
        case "login":
            exchange = .loginName
            guard words.count == 2 else { return Self.challenge("VXNlcm5hbWU6") }
        default: return CaptureReply(504, "5.5.4 Mechanism not supported")
        }
        // A lone = is the empty response.
        return continueExchange(words[1].elementsEqual("=".utf8) ? [] : Array(words[1]))
    }

    /// Answers a line of the exchange; the credential ends with this call.
    mutating func continueExchange(_ line: [UInt8]) -> CaptureReply {
        guard let exchange else { return .badSequence }
        self.exchange = nil
        if line.elementsEqual("*".utf8) {
            return CaptureReply(501, "5.7.0 Authentication cancelled")
        }
        guard let response = Base64Decoder.strict(line) else { return Self.badResponse }
        switch exchange {
        case .plain:
            let parts = response.split(separator: 0, omittingEmptySubsequences: false)
            guard parts.count == 3, !parts[1].isEmpty else { return Self.badResponse }
            return conclude(isWrong: Self.isWrong(parts[1]) || Self.isWrong(parts[2]))
        case .loginName:
            self.exchange = .loginPassword(isWrongName: Self.isWrong(response[...]))
            return Self.challenge("UGFzc3dvcmQ6")
        case .loginPassword(let isWrongName):
            return conclude(isWrong: isWrongName || Self.isWrong(response[...]))
        }
    }

    private mutating func conclude(isWrong: Bool) -> CaptureReply {
        guard !isWrong else {
            return CaptureReply(535, "5.7.8 Authentication credentials invalid")
        }
        isAuthenticated = true
        return CaptureReply(235, "2.7.0 Authentication successful")
    }

    private static func isWrong(_ credential: ArraySlice<UInt8>) -> Bool {
        credential.elementsEqual("wrong".utf8)
    }

    private static func challenge(_ text: String) -> CaptureReply {
        CaptureReply(334, text)
    }

    private static let badResponse = CaptureReply(501, "5.5.2 The response cannot be read")
}
