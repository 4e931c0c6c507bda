import EmailSettings
import HTTP
import SMTP

/// Which version a change began from: of If-Match (RFC 9110, section 13.1.1), or of the body.
enum EditedVersion: Equatable {
    /// `If-Match: *`: whatever there is.
    case any
    case header(Int)
    case body(Int)

    /// Reads it; If-Match counts when there are both.
    ///
    /// Throws: `versionRequired` when there is none, `preconditionFailed` for a tag that is none of
    /// ours.
    init(_ request: Request, _ body: JSON) throws(APIError) {
        if let version = try Self.header(of: request) {
            self = version
        } else if let number = body["version"]?.number {
            self = .body(number)
        } else {
            throw .versionRequired
        }
    }

    /// The version of If-Match; nil when there is no such field.
    static func header(of request: Request) throws(APIError) -> EditedVersion? {
        guard let field = request.header(.ifMatch) else { return nil }
        if field.utf8.elementsEqual("*".utf8) { return .any }
        let bytes = Array(field.utf8)
        guard bytes.count > 2, bytes.first == UInt8(ascii: "\""), bytes.last == bytes.first,
            bytes[1..<bytes.count - 1].allSatisfy({ (0x30...0x39).contains($0) }),
            let number = Int(String(decoding: bytes[1..<bytes.count - 1], as: UTF8.self))
        else { throw .preconditionFailed }
        return .header(number)
    }

    /// The number to save with, `current` being that of the moment.
    func number(current: Int) -> Int {
        switch self {
        case .any: current
        case .header(let number), .body(let number): number
        }
    }
}

/// Somebody else changed it first: both versions, nothing is lost.
struct VersionConflict: Error {
    /// As a GET gives it.
    let current: JSON
    /// What was sent, without credentials; nil when nothing was.
    let yours: JSON?
    /// Whether the version came from If-Match, which has a status of its own.
    let isPrecondition: Bool

    init(current: JSON, yours: JSON?, _ version: EditedVersion?) {
        self.current = current
        self.yours = yours
        if case .header = version { isPrecondition = true } else { isPrecondition = false }
    }

    var problem: Problem {
        Problem(
            isPrecondition ? .preconditionFailed : .conflict,
            APIError.preconditionFailed.code,
            APIError.preconditionFailed.userText,
            [JSON.Member("current", current)] + (yours.map { [JSON.Member("yours", $0)] } ?? [])
        )
    }
}

/// What was asked for does not go with the state that the thing is in.
struct StateConflict: Error {
    let rejection: FormRejection
}

extension Response {
    /// An object with the version it has, as an ETag.
    static func versioned(_ json: JSON, _ version: Int, status: Status = .ok) -> Response {
        var response = Response.json(json.bytes, status: status)
        if let value = HeaderValue("\"\(version)\"") { response.headers.append("ETag", value) }
        return response
    }
}
