import Accounts
package import HTTP
import SMTP
import Sockets

extension API {
    /// Answers a call, with the headers every answer has.
    package func respond(to request: Request) async -> Response {
        let origin = Origin(
            address: request.remoteAddress.host,
            userAgent: request.header(.userAgent) ?? "",
            requestID: request.id
        )
        var response: Response
        do {
            response = try await answer(request, origin)
        } catch {
            response = failure(error, request)
        }
        Self.finish(&response, reference: request.id, isSecure: request.isSecure)
        return response
    }

    /// The answer to a request that the server refused before it was routed.
    package func problem(for error: HTTPError, reference: String) -> Response {
        var response = Problem(error.status, error.code, error.userText)
            .response(reference: reference)
        Self.finish(&response, reference: reference, isSecure: false)
        return response
    }

    private static func finish(_ response: inout Response, reference: String, isSecure: Bool) {
        response.contentPolicy = "default-src 'none'; frame-ancestors 'none'"
        SecurityHeaders.apply(to: &response, isSecure: isSecure)
        if let value = HeaderValue(reference) { response.headers.append("X-Request-ID", value) }
    }

    private func answer(_ request: Request, _ origin: Origin) async throws -> Response {
        switch routeTable.match(request) {
        case .notFound: throw APIError.noRoute
        case .methodNotAllowed(let methods): throw APIError.methodNotAllowed(methods)
        case .found(let operation, let parameters):
            let call = Call(request: request, parameters: parameters, origin: origin)
            return try await run(operation, call)
        }
    }

    private func run(_ operation: Operation, _ call: Call) async throws -> Response {
        switch operation.handler {
        case .everybody(let handler): return try await handler(self)(call)
        case .token(let handler): return try await handler(self)(try await caller(call))
        case .tenant(let permission, let handler):
            let caller = try await caller(call)
            guard let slug = call.parameters["t"].flatMap(TenantSlug.init) else {
                throw AccountsError.notFound
            }
            let access = try await authoriser.enter(slug, caller.visit, needing: permission)
            return try await handler(self)(TenantCall(caller: caller, access: access))
        }
    }

    /// Looks the token up; a cookie never counts, so that no website can call in a person's name.
    private func caller(_ call: Call) async throws -> TokenCall {
        guard let text = BearerToken.text(of: call.request) else { throw APIError.tokenRequired }
        guard let token = APIToken(text) else { throw try await authoriser.refuse(call.origin) }
        let visit = try await authoriser.visit(token, origin: call.origin)
        return TokenCall(call: call, token: token, visit: visit)
    }
}

/// The token of the Authorization field, RFC 6750 section 2.1; other ways to send one do not count.
enum BearerToken {
    /// Nil when there is no such field, when there are several, or when it is of another scheme.
    static func text(of request: Request) -> String? {
        let fields = request.headers(.authorization)
        guard fields.count == 1, let field = fields.first else { return nil }
        let bytes = Array(field.utf8)
        let scheme = bytes.prefix { $0 != 0x20 }
        let lowercase = scheme.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        guard lowercase.elementsEqual("bearer".utf8) else { return nil }
        let token = bytes.dropFirst(scheme.count).drop { $0 == 0x20 }
        return token.isEmpty ? nil : String(decoding: token, as: UTF8.self)
    }
}
