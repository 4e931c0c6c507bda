import Accounts
import HTTP
import SMTP

extension API {
    /// The description of the API, for everybody.
    func describe(_ call: Call) async throws -> Response {
        .json(description)
    }

    /// Where everything is, and what the token may do.
    func showLinks(_ call: TokenCall) async throws -> Response {
        let visit = call.visit
        let json: JSON = [
            "openapi": .string(APIPath.openAPI.url()),
            "tenants": .string(APIPath.tenants.url()),
            "token": [
                "name": .string(visit.tokenName),
                "person": .string(visit.person.name),
                "expiresAt": .time(visit.expiresAt),
                "permissions": .names(visit.permissions),
            ],
        ]
        return .json(json.bytes)
    }

    /// The tenants of the token: the one it was made for.
    func listTenants(_ call: TokenCall) async throws -> Response {
        let json: JSON = ["tenants": [call.visit.json]]
        return .json(json.bytes)
    }

    func showTenant(_ call: TenantCall) async throws -> Response {
        .json(call.access.visit.json.bytes)
    }
}

extension TokenVisit {
    /// The tenant, and what the token may do there.
    fileprivate var json: JSON {
        let slug = tenant.slug.text
        return [
            "slug": .string(slug),
            "name": .string(tenant.name),
            "edition": .string(tenant.edition.rawValue),
            "permissions": .names(permissions),
            "links": links,
        ]
    }
}

extension TokenVisit {
    private var links: JSON {
        let slug = tenant.slug.text
        let isCloud = tenant.edition == .cloud
        let email = isCloud ? APIPath.branding.url(slug) : APIPath.profiles.url(slug)
        let own: JSON =
            isCloud
            ? [:]
            : [
                "certificates": .string(APIPath.certificates.url(slug)),
                "secrets": .string(APIPath.secrets.url(slug)),
                "providers": .string(APIPath.providers.url(slug)),
            ]
        let all: JSON = [
            "self": .string(APIPath.tenant.url(slug)), "email": .string(email),
            "tests": .string(APIPath.tests.url(slug)),
            "messages": .string(APIPath.messages.url(slug)),
            "audit": .string(APIPath.audit.url(slug)),
        ]
        return all.adding(own)
    }
}

extension JSON {
    fileprivate static func names(_ permissions: Set<Permission>) -> JSON {
        .array(permissions.map(\.rawValue).sorted().map(JSON.string))
    }
}
