import Postgres
import TestSends
import Templates
import Accounts
import EmailSettings
import HTTP

extension Console {
    func confirmActivation(_ request: TenantRequest) async throws -> Response {
        let profile = try await profile(request)
        let active = try await email.profiles.active(request.scope)
        let standing = try await tests.log.standing(ofProfile: profile.id, in: request.scope)
        let url = PagePath.profile.url(request.slug, profile.id.description)
        let page = ProfileActivatePage(
            layout: layout(
                "Activate \(profile.name)",
                request,
                section: .email,
                trail: profileTrail(request, profile)
            ),
            name: profile.name,
            action: PagePath.profileActivate.url(request.slug, profile.id.description),
            cancelURL: url,
            version: String(profile.version),
            replaced: active?.id == profile.id ? nil : active?.name,
            proof: proof(of: profile.fingerprint, standing),
            rows: SettingRow.summary(profile)
        )
        return .html(try templates.render(page))
    }

    func activateProfile(_ request: TenantRequest) async throws -> Response {
        let profile = try await profile(request)
        do {
            try await email.profiles.activate(
                profile.id,
                version: Int(request.form["version"] ?? ""),
                proof: TestLog.hasProof,
                request.scope
            )
        } catch let rejection as FormRejection { return refused(rejection, profile, request) }
        return .redirect(
            to: PagePath.profile.url(request.slug, profile.id.description) + "?notice=activated"
        )
    }

    func confirmDeletion(_ request: TenantRequest) async throws -> Response {
        let profile = try await profile(request)
        let page = ProfileDeletePage(
            layout: layout(
                "Delete \(profile.name)",
                request,
                section: .email,
                trail: profileTrail(request, profile)
            ),
            name: profile.name,
            action: PagePath.profileDelete.url(request.slug, profile.id.description),
            cancelURL: PagePath.profile.url(request.slug, profile.id.description),
            version: String(profile.version)
        )
        return .html(try templates.render(page))
    }

    func deleteProfile(_ request: TenantRequest) async throws -> Response {
        let profile = try await profile(request)
        do {
            try await email.profiles.delete(
                profile.id,
                version: Int(request.form["version"] ?? ""),
                request.scope
            )
        } catch let rejection as FormRejection { return refused(rejection, profile, request) }
        return .redirect(to: PagePath.email.url(request.slug) + "?notice=deleted")
    }

    func refused(
        _ rejection: FormRejection,
        _ profile: EmailProfile,
        _ request: TenantRequest
    ) -> Response {
        page(
            .conflict,
            rejection.errors.map(\.message).joined(separator: " "),
            "Nothing was changed.",
            action: PageLink(
                url: PagePath.profile.url(request.slug, profile.id.description),
                label: "Back to the profile"
            ),
            asker: Asker(visit: request.visit, membership: request.access.membership)
        )
    }

    func profileTrail(_ request: TenantRequest, _ profile: EmailProfile) -> [PageLink] {
        [
            PageLink(url: PagePath.email.url(request.slug), label: "Email"),
            PageLink(
                url: PagePath.profile.url(request.slug, profile.id.description),
                label: profile.name
            ),
        ]
    }
}
