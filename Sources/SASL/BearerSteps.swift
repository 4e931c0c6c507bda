import Observability

/// An access token in one message: RFC 7628, and XOAUTH2 as Google and Microsoft have it.
struct BearerSteps: ExchangeSteps {
    enum Style: Sendable {
        case xoauth2, rfc7628
    }

    private static let separator: UInt8 = 1
    private let identity: SASLIdentity
    private let style: Style
    private var hasConfirmed = false

    init(_ identity: SASLIdentity, style: Style) {
        self.identity = identity
        self.style = style
    }

    func start() throws(SASLError) -> SASLExchange.Step {
        let username = identity.username?.reveal { $0 } ?? []
        let token = identity.password?.reveal { $0 } ?? []
        // RFC 6750, section 2.1; anything else could begin another field of the message.
        guard !token.isEmpty, token.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw SASLError(.tokenUnusable)
        }
        guard username.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw SASLError(.credentialsUnusable)
        }
        return SASLExchange.Step(Redacted(message(username, token)), isComplete: true)
    }

    private func message(_ username: [UInt8], _ token: [UInt8]) -> [UInt8] {
        let credentials = Array("auth=Bearer ".utf8) + token + [Self.separator, Self.separator]
        switch style {
        case .xoauth2:
            return Array("user=".utf8) + username + [Self.separator] + credentials
        case .rfc7628:
            let fields =
                Array("host=\(identity.host)".utf8) + [Self.separator]
                + Array("port=\(identity.port)".utf8) + [Self.separator]
            return Array("n,a=".utf8) + Self.saslName(username) + Array(",".utf8)
                + [Self.separator] + fields + credentials
        }
    }

    /// RFC 5801, section 4: commas and equals signs are escaped.
    private static func saslName(_ name: [UInt8]) -> [UInt8] {
        name.flatMap { byte -> [UInt8] in
            switch byte {
            case UInt8(ascii: ","): Array("=2C".utf8)
            case UInt8(ascii: "="): Array("=3D".utf8)
            default: [byte]
            }
        }
    }

    /// The relay has said what is wrong with the token, and refuses after this answer (RFC 7628,
    /// section 3.2.3).
    mutating func respond(to challenge: [UInt8]) throws(SASLError) -> SASLExchange.Step {
        guard !hasConfirmed else { return SASLExchange.Step(nil, isComplete: false) }
        hasConfirmed = true
        let answer: [UInt8] = style == .xoauth2 ? [] : [Self.separator]
        return SASLExchange.Step(Redacted(answer), isComplete: false)
    }
}
