import Accounts
import EmailSettings
import HTTP
import Postgres
import SMTP

extension API {
    /// Makes a profile like another, with the same credentials, under a name that is free.
    func duplicateProfile(_ call: TenantCall) async throws -> Response {
        try requireOnPremises(call)
        let copy = try await profiles.duplicate(try call.id(), call.scope)
        var response = try await profileAnswer(copy, call, status: .created)
        let address = APIPath.profile.url(call.slug, copy.description)
        response.headers.append("Location", HeaderValue(address: address))
        return response
    }

    /// The profile as a file for another installation, which takes it as a new profile.
    func exportProfile(_ call: TenantCall) async throws -> Response {
        try requireOnPremises(call)
        let file = try await profiles.export(try call.id(), with: fingerprints, call.scope)
        return .json(file.json.bytes)
    }

    func listVersions(_ call: TenantCall) async throws -> Response {
        try requireOnPremises(call)
        let versions = try await profiles.versions(of: try await profile(call).id, call.scope)
        let json: JSON = ["versions": .array(versions.map { JSON($0) })]
        return .json(json.bytes)
    }

    /// A version with its values, which a PUT puts back.
    func showVersion(_ call: TenantCall) async throws -> Response {
        try requireOnPremises(call)
        let versions = try await profiles.versions(of: try await profile(call).id, call.scope)
        let number = call.parameters["number"].flatMap { Int($0) }
        guard let version = versions.first(where: { $0.number == number }) else {
            throw AccountsError.notFound
        }
        let settings: JSON = ["settings": .object(version.form.json)]
        return .json(JSON(version).adding(settings).bytes)
    }
}
