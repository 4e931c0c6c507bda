import Accounts
import Cryptography
import EmailSettings
import HTTP
import Observability
import Postgres
import SMTP
import Secrets

extension API {
    func listCertificates(_ call: TenantCall) async throws -> Response {
        try requireOnPremises(call)
        let found = try await certificates.list(call.scope)
        let json: JSON = ["certificates": .array(found.map { JSON($0) })]
        return .json(json.bytes)
    }

    func addCertificate(_ call: TenantCall) async throws -> Response {
        try requireOnPremises(call)
        let input = try CertificateInput(try call.body())
        let id: UUID
        if input.kind == .own {
            id = try await certificates.addOwn(
                input.name,
                input.content,
                password: input.password,
                call.scope
            ).id
        } else {
            id = try await certificates.add(
                input.kind,
                input.name,
                input.content.reveal { $0 },
                call.scope
            )
        }
        var response = try await certificateAnswer(id, call, status: .created)
        let address = APIPath.certificate.url(call.slug, id.description)
        response.headers.append("Location", HeaderValue(address: address))
        return response
    }

    func showCertificate(_ call: TenantCall) async throws -> Response {
        try requireOnPremises(call)
        return try await certificateAnswer(try call.id(), call)
    }

    func deleteCertificate(_ call: TenantCall) async throws -> Response {
        try requireOnPremises(call)
        let stored = try await certificates.show(try call.id(), call.scope)
        let edited = try EditedVersion.header(of: call.request)
        do {
            let version = edited?.number(current: stored.version)
            try await certificates.delete(stored.id, version: version, call.scope)
        } catch let refusal as CertificateRefusal {
            switch refusal.reason {
            case "changed": throw VersionConflict(current: JSON(stored), yours: nil, edited)
            case "used": throw StateConflict(rejection: FormRejection(refusal))
            default: throw refusal
            }
        }
        return Response(.noContent)
    }

    private func certificateAnswer(
        _ id: UUID,
        _ call: TenantCall,
        status: Status = .ok
    ) async throws -> Response {
        let stored = try await certificates.show(id, call.scope)
        return .versioned(JSON(stored), stored.version, status: status)
    }
}

extension FormRejection {
    /// The refusal beside the member of the body that it is about.
    init(_ refusal: CertificateRefusal) {
        let field = refusal.field == "certificate" ? "content" : refusal.field
        self.init([FieldError(field, refusal.reason, refusal.userText)])
    }
}

extension JSON {
    /// All that may be known of a certificate; a private key is nowhere in it.
    fileprivate init(_ stored: StoredCertificate) {
        let head: JSON = [
            "id": .string(stored.id.description),
            "name": .string(stored.name),
            "kind": .string(stored.kind.rawValue),
        ]
        self = head.adding(Self.source(stored.source)).adding(Self.content(stored)).adding([
            "request": .optional(stored.request.map { String(decoding: $0.pem, as: UTF8.self) }),
            "problem": .problem(stored.problem),
            "usesOldCipher": .bool(stored.usesOldCipher),
            "uses": .array(stored.uses.map { JSON($0) }),
            "version": .number(stored.version),
            "createdAt": .time(stored.createdAt),
            "createdBy": .string(stored.createdBy),
            "updatedAt": .time(stored.updatedAt),
            "updatedBy": .string(stored.updatedBy),
        ])
    }

    private static func source(_ source: CertificateSource) -> JSON {
        switch source {
        case .stored: ["fileName": nil, "isCached": true]
        case .file(let name, let isCached):
            ["fileName": .string(name), "isCached": .bool(isCached)]
        }
    }

    private static func content(_ stored: StoredCertificate) -> JSON {
        let leaf = stored.certificates.first
        let names = leaf?.names ?? stored.request?.names ?? []
        let pem = stored.certificates.flatMap(\.pem)
        return [
            "subject": .optional(leaf?.subject ?? stored.request?.subject),
            "issuer": .optional(leaf?.issuer),
            "names": .array(names.map { .string($0.text) }),
            "notBefore": .second(leaf?.notBefore),
            "notAfter": .second(leaf?.notAfter),
            "serialNumber": .optional(leaf?.serialNumber),
            "fingerprint": .optional(leaf.map { Hexadecimal.encode($0.fingerprint) }),
            "key": .optional(leaf?.key.text ?? stored.request?.key.text),
            "isAuthority": .bool(leaf?.isAuthority ?? false),
            "chain": .array(stored.certificates.dropFirst().map { .string($0.subject) }),
            "certificates": leaf == nil ? .null : .string(String(decoding: pem, as: UTF8.self)),
        ]
    }

    private static func second(_ second: Int64?) -> JSON {
        .time(second.map { Timestamp(microseconds: $0 * 1_000_000) })
    }

    private static func problem(_ problem: CertificateProblem?) -> JSON {
        guard let problem else { return .null }
        return [
            "code": .string(problem.reason), "message": .string(problem.text),
            "isFatal": .bool(problem.isFatal),
        ]
    }

    private init(_ use: CertificateUse) {
        let (owner, id) =
            switch use.user {
            case .profile(let id): ("profile", id)
            case .provider(let id): ("provider", id)
            }
        self = [
            "owner": .string(owner), "id": .string(id.description), "name": .string(use.name),
            "field": .string(use.role.rawValue),
        ]
    }
}
