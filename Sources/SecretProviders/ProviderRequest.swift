import Cryptography
import OAuth
import Observability
import Outbound

/// A request to a provider, and how it looks to people: two properties, so that no secret stands
/// in a transcript.
struct ProviderRequest: Sendable {
    /// A field of the head or of the body.
    struct Field: Sendable {
        let name: String
        /// Stands before a secret, and is none: `Bearer `.
        let prefix: String
        let value: Redacted<[UInt8]>
        let isSecret: Bool

        init(_ name: String, _ text: String) {
            self.name = name
            prefix = ""
            value = Redacted(Array(text.utf8))
            isSecret = false
        }

        init(_ name: String, _ prefix: String = "", secret: Redacted<[UInt8]>) {
            self.name = name
            self.prefix = prefix
            value = secret
            isSecret = true
        }

        var shown: String {
            prefix
                + (isSecret
                    ? ServerWords.mark : value.reveal { String(decoding: $0, as: UTF8.self) })
        }
    }

    enum Body: Sendable {
        case none
        case form([Field])
        case json([Field])
        /// The value of the field alone.
        case text(Field)
    }

    let method: HTTPSRequest.Method
    let url: HTTPSURL
    var head: [Field]
    let body: Body
    /// Members of an answer's JSON that are no secret, as paths with dots.
    var shown: [String]

    static func get(
        _ url: HTTPSURL,
        _ head: [Field] = [],
        showing shown: [String] = []
    ) -> ProviderRequest {
        ProviderRequest(method: .get, url: url, head: head, body: .none, shown: shown)
    }

    static func post(
        _ url: HTTPSURL,
        _ body: Body,
        _ head: [Field] = [],
        showing shown: [String] = []
    ) -> ProviderRequest {
        ProviderRequest(method: .post, url: url, head: head, body: body, shown: shown)
    }

    /// What goes over the wire.
    ///
    /// Throws: a secret with bytes that no head can hold.
    func request() throws(ProviderFailure) -> HTTPSRequest {
        var headers: [HTTPSRequest.Header] = []
        for field in head + [Field("Accept", "application/json")] + contentType {
            let value = Redacted(field.value.reveal { Array(field.prefix.utf8) + $0 })
            guard let header = HTTPSRequest.Header(field.name, value) else {
                throw ProviderFailure(
                    ProviderAdvice.settings,
                    "what is sent as \(field.name) holds bytes that cannot be sent"
                )
            }
            headers.append(header)
        }
        return HTTPSRequest(method, url, headers: headers, body: wireBody)
    }

    private var contentType: [Field] {
        switch body {
        case .none: []
        case .form: [Field("Content-Type", "application/x-www-form-urlencoded")]
        case .json: [Field("Content-Type", "application/json")]
        case .text: [Field("Content-Type", "text/plain")]
        }
    }

    private var wireBody: Redacted<[UInt8]> {
        switch body {
        case .none: return Redacted([])
        case .text(let field): return field.value
        case .form(let fields):
            var bytes: [UInt8] = []
            for field in fields {
                if !bytes.isEmpty { bytes.append(UInt8(ascii: "&")) }
                bytes += Array(field.name.utf8) + [UInt8(ascii: "=")]
                bytes += field.value.reveal(FormEncoding.encode)
            }
            return Redacted(bytes)
        case .json(let fields):
            var bytes: [UInt8] = []
            for field in fields {
                bytes.append(UInt8(ascii: bytes.isEmpty ? "{" : ","))
                bytes += Self.quoted(Array(field.name.utf8)) + [UInt8(ascii: ":")]
                bytes += field.value.reveal(Self.quoted)
            }
            return Redacted(bytes + [UInt8(ascii: "}")])
        }
    }

    /// As a text of JSON (RFC 8259, section 7).
    private static func quoted(_ bytes: [UInt8]) -> [UInt8] {
        var output = [UInt8(ascii: "\"")]
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): output += [UInt8(ascii: "\\"), byte]
            case 0..<0x20: output += Array("\\u00".utf8) + Hexadecimal.encode([byte]).utf8
            default: output.append(byte)
            }
        }
        return output + [UInt8(ascii: "\"")]
    }

    /// The same for people.
    var transcript: [String] {
        let fields: [Field] =
            switch body {
            case .none: []
            case .form(let fields), .json(let fields): fields
            case .text(let field): [field]
            }
        return ["\(method.rawValue) \(url.text)"]
            + head.map { "\($0.name): \($0.shown)" } + fields.map { "\($0.name)=\($0.shown)" }
    }
}
