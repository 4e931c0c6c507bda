import HTTP
import Observability

/// Why a call cannot be understood, or is not let in.
enum APIError: ExplainedError {
    case tokenRequired
    case noRoute
    case methodNotAllowed([Method])
    case mediaType
    case notUTF8
    case malformed(String)
    case noObject
    case repeatedMember(String)
    /// The field Idempotency-Key is not what it may be.
    case idempotencyKey
    case versionRequired
    /// Somebody changed it since the version that If-Match names.
    case preconditionFailed

    var code: String {
        switch self {
        case .tokenRequired: "token.required"
        case .noRoute: "api.notFound"
        case .methodNotAllowed: "api.methodNotAllowed"
        case .mediaType: "api.mediaType"
        case .notUTF8: "json.notUTF8"
        case .malformed: "json.malformed"
        case .noObject: "json.noObject"
        case .repeatedMember: "json.repeatedMember"
        case .idempotencyKey: "messages.keyMalformed"
        case .versionRequired: "version.required"
        case .preconditionFailed: "version.changed"
        }
    }

    var status: Status {
        switch self {
        case .tokenRequired: .unauthorized
        case .noRoute: .notFound
        case .methodNotAllowed: .methodNotAllowed
        case .mediaType: .unsupportedMediaType
        case .notUTF8, .malformed, .noObject, .repeatedMember, .idempotencyKey: .badRequest
        case .versionRequired: .preconditionRequired
        case .preconditionFailed: .preconditionFailed
        }
    }

    var userText: String {
        switch self {
        case .tokenRequired:
            "Send a token in the field Authorization: Bearer. Tokens are made on the page of your "
                + "account; cookies do not count here."
        case .noRoute: "There is nothing at this address. /api/v1/openapi.json lists what there is."
        case .methodNotAllowed: "This address does not know the method."
        case .mediaType: "Send the body as JSON, with Content-Type: application/json."
        case .notUTF8: "Send the body in UTF-8."
        case .malformed(let reason): "Send one JSON object with whole numbers: \(reason)."
        case .noObject: "Send one JSON object."
        case .repeatedMember(let name):
            "Send each name once: “\(Self.shortened(name))” is there twice."
        case .idempotencyKey:
            "Send one Idempotency-Key of 1 to 255 printable ASCII characters, or none."
        case .versionRequired:
            "Say which version you have changed: send the ETag of what you read as If-Match, or its "
                + "version in the body."
        case .preconditionFailed:
            "Somebody changed this after you read it. Read it again and change that."
        }
    }

    var operatorText: String { code }

    private static func shortened(_ name: String) -> String {
        String(decoding: Array(name.utf8).prefix(64), as: UTF8.self)
    }
}
