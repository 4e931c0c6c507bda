import EmailSettings
import HTTP
import SMTP

/// An answer that says what is wrong, as `application/problem+json` (RFC 9457).
///
/// Beside the members of the RFC it has `code`, stable and dotted, for programs; for a wrong body
/// `fields`, all of them at once; for a missing permission `permission`; for a conflict `current`
/// and `yours`; and `reference`, by which the operators find the request in the log.
struct Problem {
    let status: Status
    let code: String
    /// What happened and what to do.
    let detail: String
    /// Members of its own.
    var members: [JSON.Member] = []
    var headers = HeaderList()

    init(_ status: Status, _ code: String, _ detail: String, _ members: [JSON.Member] = []) {
        self.status = status
        self.code = code
        self.detail = detail
        self.members = members
    }

    init(_ rejection: FormRejection, status: Status = .unprocessableContent) {
        self.init(
            status,
            "form.rejected",
            rejection.errors.map(\.message).joined(separator: " "),
            [JSON.Member("fields", .array(rejection.errors.map(\.json)))]
        )
    }

    func response(reference: String) -> Response {
        let json = JSON.object(
            [
                JSON.Member("type", "about:blank"),
                JSON.Member("title", .string(status.reason)),
                JSON.Member("status", .number(Int(status.code))),
                JSON.Member("code", .string(code)),
                JSON.Member("detail", .string(detail)),
                JSON.Member("reference", .string(reference)),
            ] + members
        )
        var headers: HeaderList = HeaderList(["Content-Type": "application/problem+json"])
        headers.append(self.headers)
        return Response(status, headers: headers, body: json.bytes)
    }
}

extension FieldError {
    fileprivate var json: JSON {
        ["field": .string(field), "code": .string(code), "message": .string(message)]
    }
}
