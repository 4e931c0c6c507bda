import Accounts
import EmailSettings
import HTTP
import Postgres
import SMTP
import SecretProviders
import Secrets

extension API {
    func listSecrets(_ call: TenantCall) async throws -> Response {
        try requireOnPremises(call)
        let found = try await namedSecrets.list(call.scope)
        let json: JSON = ["secrets": .array(found.map { JSON($0) })]
        return .json(json.bytes)
    }

    func createSecret(_ call: TenantCall) async throws -> Response {
        try requireOnPremises(call)
        let input = try SecretInput(try call.body())
        guard let kind = input.kind else {
            throw FormRejection([FieldError("kind", "required", "Say which kind of secret it is.")])
        }
        let id = try await namedSecrets.create(try input.draft(of: kind, isNew: true), call.scope)
        var response = try await secretAnswer(id, input, call, status: .created)
        let address = APIPath.secret.url(call.slug, id.description)
        response.headers.append("Location", HeaderValue(address: address))
        return response
    }

    func showSecret(_ call: TenantCall) async throws -> Response {
        try requireOnPremises(call)
        return try await secretAnswer(try call.id(), nil, call)
    }

    func saveSecret(_ call: TenantCall) async throws -> Response {
        try requireOnPremises(call)
        let saved = try await namedSecrets.show(try call.id(), call.scope).secret
        let body = try call.body()
        let input = try SecretInput(body)
        let edited = try EditedVersion(call.request, body)
        let draft = try input.draft(of: input.kind ?? saved.kind, isNew: false)
        try await telling(call, edited, yours: input.shown) {
            let version = edited.number(current: saved.revision)
            try await namedSecrets.save(draft, saved.id, revision: version, call.scope)
        }
        return try await secretAnswer(saved.id, input, call)
    }

    func deleteSecret(_ call: TenantCall) async throws -> Response {
        try requireOnPremises(call)
        let saved = try await namedSecrets.show(try call.id(), call.scope).secret
        let edited = try EditedVersion.header(of: call.request)
        try await telling(call, edited, yours: nil) {
            let version = edited?.number(current: saved.revision)
            try await namedSecrets.delete(saved.id, revision: version, call.scope)
        }
        return Response(.noContent)
    }

    func testSecret(_ call: TenantCall) async throws -> Response {
        try requireOnPremises(call)
        let body = try call.body()
        let errors = InputObject.errors(of: body, .secretTest)
        guard errors.isEmpty else { throw FormRejection(errors) }
        let host = body["host"]?.text ?? ""
        let check = try await namedSecrets.test(try call.id(), for: host, call.scope)
        return .json(JSON(check).bytes)
    }

    /// Turns what stands against a change into a conflict: another version, or that it is used.
    private func telling(
        _ call: TenantCall,
        _ edited: EditedVersion?,
        yours: JSON?,
        _ body: () async throws -> Void
    ) async throws {
        do { try await body() } catch let refusal as NamedSecretRefusal {
            switch refusal.problems.first?.reason {
            case "changed":
                let current = try await namedSecrets.show(try call.id(), call.scope)
                throw VersionConflict(
                    current: JSON(current.secret, current.versions, nil),
                    yours: yours,
                    edited
                )
            case "used": throw StateConflict(rejection: FormRejection(refusal.fieldErrors))
            default: throw refusal
            }
        }
    }

    /// The secret as it is kept, with advice on the value that was just sent.
    private func secretAnswer(
        _ id: UUID,
        _ input: SecretInput?,
        _ call: TenantCall,
        status: Status = .ok
    ) async throws -> Response {
        let (secret, versions) = try await namedSecrets.show(id, call.scope)
        let advice = input?.form.value.flatMap { secret.kind.advice(on: $0)?.text }
        return .versioned(JSON(secret, versions, advice), secret.revision, status: status)
    }
}

extension JSON {
    /// A row of the list.
    fileprivate init(_ secret: NamedSecret) {
        let details = NamedSecretDetail.allCases.map { detail in
            JSON.Member(detail.rawValue, .optional(secret.details[detail]))
        }
        let head: JSON = [
            "id": .string(secret.id.description),
            "name": .string(secret.name),
            "description": .string(secret.description),
            "kind": .string(secret.kind.rawValue),
        ]
        self = head.adding(.object(details)).adding([
            "hosts": .array(secret.hosts.map(JSON.string)),
            "expiresOn": .optional(secret.expiresOn?.description),
            "version": .number(secret.revision),
            "valueVersion": .number(secret.version),
            "createdAt": .time(secret.createdAt),
            "createdBy": .string(secret.createdBy),
            "updatedAt": .time(secret.updatedAt),
            "updatedBy": .string(secret.updatedBy),
            "lastUsedAt": .time(secret.lastUsedAt),
            "uses": .array(secret.uses.map { JSON($0) }),
        ])
    }

    /// A secret as it can be sent back; the value is nowhere in it.
    fileprivate init(
        _ secret: NamedSecret,
        _ versions: [NamedSecretVersion],
        _ advice: String?
    ) {
        let history = versions.map { version -> JSON in
            [
                "version": .number(version.number), "setAt": .time(version.setAt),
                "setBy": .string(version.setBy),
            ]
        }
        self = JSON(secret).adding([
            "advice": .optional(advice), "versions": .array(history),
        ])
    }

    private init(_ use: NamedSecretUse) {
        self = [
            "owner": .string(use.owner.rawValue),
            "id": .string(use.ownerID.description),
            "name": .string(use.ownerName),
            "field": .string(use.field),
        ]
    }
}
