/// A request method, RFC 9110 section 9; methods are case-sensitive.
package enum Method: Sendable, Hashable {
    case get, head, post, put, patch, delete, options, trace
    /// A token that is none of the others.
    case other(String)

    /// The method that `bytes` name; the parser has checked that they are a token.
    init(token bytes: Span<UInt8>) {
        if bytes.isSameExactly(as: "GET") {
            self = .get
        } else if bytes.isSameExactly(as: "POST") {
            self = .post
        } else {
            self.init(rare: String(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self))
        }
    }

    private init(rare name: String) {
        switch name {
        case "HEAD": self = .head
        case "PUT": self = .put
        case "PATCH": self = .patch
        case "DELETE": self = .delete
        case "OPTIONS": self = .options
        case "TRACE": self = .trace
        default: self = .other(name)
        }
    }

    /// As on the wire.
    package var name: String {
        switch self {
        case .get: "GET"
        case .head: "HEAD"
        case .post: "POST"
        case .put: "PUT"
        case .patch: "PATCH"
        case .delete: "DELETE"
        case .options: "OPTIONS"
        case .trace: "TRACE"
        case .other(let name): name
        }
    }

    /// Whether the method only asks and changes nothing, RFC 9110 section 9.2.1.
    package var isSafe: Bool {
        switch self {
        case .get, .head, .options, .trace: true
        default: false
        }
    }
}
