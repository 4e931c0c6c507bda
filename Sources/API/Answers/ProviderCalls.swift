import Accounts
import EmailSettings
import HTTP
import Postgres
import SMTP
import SecretProviders
import Secrets

extension API {
    func listProviders(_ call: TenantCall) async throws -> Response {
        try requireOnPremises(call)
        let found = try await providers.list(call.scope)
        let json: JSON = ["providers": .array(found.map { JSON($0, slug: call.slug) })]
        return .json(json.bytes)
    }

    func createProvider(_ call: TenantCall) async throws -> Response {
        try requireOnPremises(call)
        let input = try ProviderInput(try call.body())
        let id = try await providers.create(try input.form.parse(), call.scope)
        let stored = try await providers.show(id, call.scope)
        var response = Response.versioned(JSON(stored), stored.version, status: .created)
        let address = APIPath.provider.url(call.slug, id.description)
        response.headers.append("Location", HeaderValue(address: address))
        return response
    }

    func showProvider(_ call: TenantCall) async throws -> Response {
        let stored = try await provider(call)
        return .versioned(JSON(stored), stored.version)
    }

    func saveProvider(_ call: TenantCall) async throws -> Response {
        let stored = try await provider(call)
        let body = try call.body()
        let input = try ProviderInput(body)
        let edited = try EditedVersion(call.request, body)
        do {
            try await providers.save(
                try input.form.parse(),
                to: stored.id,
                version: edited.number(current: stored.version),
                call.scope
            )
        } catch let conflict as ProviderConflict {
            throw VersionConflict(current: JSON(conflict.current), yours: input.shown, edited)
        }
        return try await showProvider(call)
    }

    func deleteProvider(_ call: TenantCall) async throws -> Response {
        let stored = try await provider(call)
        let edited = try EditedVersion.header(of: call.request)
        do {
            let version = edited?.number(current: stored.version)
            try await providers.delete(stored.id, version: version, call.scope)
        } catch let refusal as ProviderRefusal {
            guard refusal.problems.contains(where: { $0.reason == "changed" }) else {
                throw StateConflict(rejection: FormRejection(refusal))
            }
            throw VersionConflict(current: JSON(try await provider(call)), yours: nil, edited)
        }
        return Response(.noContent)
    }

    func testProvider(_ call: TenantCall) async throws -> Response {
        let stored = try await provider(call)
        let sent = try reference(call, stored.kind)
        let check = try await tester.test(
            stored.id,
            reading: try sent.map { try stored.kind.parseReference($0) },
            call.scope
        )
        return .json(JSON(check).bytes)
    }

    func listKeys(_ call: TenantCall) async throws -> Response {
        let stored = try await provider(call)
        let sent = try reference(call, stored.kind)
        let found = try await tester.keys(
            of: stored.id,
            at: try stored.kind.parsePlace(sent ?? [:]),
            call.scope
        )
        let json: JSON =
            switch found {
            case .success(let keys):
                ["keys": .array(keys.map(JSON.string)), "verdict": nil]
            case .failure(let failure): ["keys": [], "verdict": failure.verdict.json]
            }
        return .json(json.bytes)
    }

    func addEntry(_ call: TenantCall) async throws -> Response {
        let stored = try await provider(call)
        let draft = try entry(call, stored.kind)
        let id = try await providers.addEntry(draft, to: stored.id, call.scope)
        let entry = ProviderEntry(id: id, name: draft.name, reference: draft.reference)
        return .json(JSON(entry).bytes, status: .created)
    }

    func saveEntry(_ call: TenantCall) async throws -> Response {
        let (stored, old) = try await entry(call)
        let draft = try entry(call, stored.kind)
        try await providers.changeEntry(old.id, of: stored.id, to: draft, call.scope)
        let entry = ProviderEntry(id: old.id, name: draft.name, reference: draft.reference)
        return .json(JSON(entry).bytes)
    }

    func deleteEntry(_ call: TenantCall) async throws -> Response {
        let (stored, entry) = try await entry(call)
        try await providers.deleteEntry(entry.id, of: stored.id, call.scope)
        return Response(.noContent)
    }

    /// The provider of the address.
    private func provider(_ call: TenantCall) async throws -> StoredProvider {
        try requireOnPremises(call)
        return try await providers.show(try call.id(), call.scope)
    }

    /// The entry of the address, with its provider.
    private func entry(
        _ call: TenantCall
    ) async throws -> (provider: StoredProvider, entry: ProviderEntry) {
        let stored = try await provider(call)
        let id = call.parameters["entry"].flatMap { UUID($0) }
        guard let entry = stored.entries.first(where: { $0.id == id }) else {
            throw AccountsError.notFound
        }
        return (stored, entry)
    }

    /// The entry that was sent.
    private func entry(_ call: TenantCall, _ kind: ProviderKind) throws -> ProviderEntryDraft {
        let body = try call.body()
        let errors = InputObject.errors(of: body, .entryInput)
        guard errors.isEmpty else { throw FormRejection(errors) }
        return try kind.parseEntry(
            body["name"]?.text ?? "",
            ReferenceInput.typed(body["reference"], kind)
        )
    }

    /// The reference that was sent, as it would have been typed; nil for none.
    private func reference(
        _ call: TenantCall,
        _ kind: ProviderKind
    ) throws -> [String: String]? {
        let body = try call.body()
        let errors = InputObject.errors(of: body, .referenceInput)
        guard errors.isEmpty else { throw FormRejection(errors) }
        guard let reference = body["reference"], reference != .null else { return nil }
        return try ReferenceInput.typed(reference, kind)
    }
}
