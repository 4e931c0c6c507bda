import Accounts
import EmailSettings
import HTTP
import Postgres
import SMTP
import TestSends

extension API {
    func listProfiles(_ call: TenantCall) async throws -> Response {
        try requireOnPremises(call)
        let found = try await profiles.list(call.scope)
        let proofs = try await tests.proofs(
            of: found.map { ($0.id, $0.fingerprint) },
            in: call.scope
        )
        let json: JSON = [
            "profiles": .array(found.map { JSON($0, proofs[$0.id], slug: call.slug) })
        ]
        return .json(json.bytes)
    }

    func createProfile(_ call: TenantCall) async throws -> Response {
        try requireOnPremises(call)
        let input = try ProfileInput(try call.body(), of: nil)
        try input.check(call.access, of: nil)
        let id = try await profiles.create(try input.form.parse(), input.changes, call.scope)
        var response = try await profileAnswer(id, call, status: .created)
        let address = APIPath.profile.url(call.slug, id.description)
        response.headers.append("Location", HeaderValue(address: address))
        return response
    }

    func showProfile(_ call: TenantCall) async throws -> Response {
        try requireOnPremises(call)
        return try await profileAnswer(try call.id(), call)
    }

    func saveProfile(_ call: TenantCall) async throws -> Response {
        try requireOnPremises(call)
        let saved = try await profile(call)
        let body = try call.body()
        let input = try ProfileInput(body, of: saved)
        try input.check(call.access, of: saved)
        let edited = try EditedVersion(call.request, body)
        let version = edited.number(current: saved.version)
        do {
            try await profiles.save(
                try input.form.parse(),
                input.changes,
                to: saved.id,
                version: version,
                call.scope
            )
        } catch let conflict as ProfileConflict {
            throw VersionConflict(
                current: JSON(conflict.current, nil),
                yours: input.shown,
                edited
            )
        }
        return try await profileAnswer(saved.id, call)
    }

    func deleteProfile(_ call: TenantCall) async throws -> Response {
        try requireOnPremises(call)
        let saved = try await profile(call)
        let edited = try EditedVersion.header(of: call.request)
        try await conflicting(call, edited) {
            let version = edited?.number(current: saved.version)
            try await profiles.delete(saved.id, version: version, call.scope)
        }
        return Response(.noContent)
    }

    func activateProfile(_ call: TenantCall) async throws -> Response {
        try requireOnPremises(call)
        let saved = try await profile(call)
        let edited = try EditedVersion.header(of: call.request)
        try await conflicting(call, edited) {
            let version = edited?.number(current: saved.version)
            try await profiles.activate(
                saved.id,
                version: version,
                proof: TestLog.hasProof,
                call.scope
            )
        }
        return try await profileAnswer(saved.id, call)
    }

    /// Turns what stands against an action into a conflict: another version, or the profile's state.
    private func conflicting(
        _ call: TenantCall,
        _ edited: EditedVersion?,
        _ body: () async throws -> Void
    ) async throws {
        do { try await body() } catch let rejection as FormRejection {
            guard rejection.errors.contains(where: { $0.code == "changed" }) else {
                throw StateConflict(rejection: rejection)
            }
            let current = try await profile(call)
            throw VersionConflict(current: JSON(current, nil), yours: nil, edited)
        }
    }

    func profileAnswer(
        _ id: UUID,
        _ call: TenantCall,
        status: Status = .ok
    ) async throws -> Response {
        guard let profile = try await profiles.profile(id, call.scope) else {
            throw AccountsError.notFound
        }
        let proofs = try await tests.proofs(of: [(id, profile.fingerprint)], in: call.scope)
        return .versioned(JSON(profile, proofs[id]), profile.version, status: status)
    }

    /// The profile of the address.
    func profile(_ call: TenantCall) async throws -> EmailProfile {
        guard let profile = try await profiles.profile(try call.id(), call.scope) else {
            throw AccountsError.notFound
        }
        return profile
    }

    func requireOnPremises(_ call: TenantCall) throws(AccountsError) {
        guard call.tenant.edition == .onPremises else { throw .notFound }
    }
}
