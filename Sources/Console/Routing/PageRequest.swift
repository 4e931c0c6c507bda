import Accounts
import EmailSettings
import HTTP
import Postgres

/// A request for a page anybody may see.
struct PageRequest: Sendable {
    let request: Request
    let parameters: RouteParameters
    let origin: Origin
    /// What a POST sent; empty for other methods.
    let form: FormBody
    /// The files of a form that has some.
    let files: [UploadedFile]

    /// The file chosen in the field `name`; nil when none was.
    func file(_ name: String) -> UploadedFile? {
        files.first { $0.field == name }
    }

    /// The parameter `id` of the address.
    ///
    /// Throws: `AccountsError.notFound` when it is no identifier.
    func id() throws -> UUID {
        guard let id = parameters["id"].flatMap({ UUID($0) }) else {
            throw AccountsError.notFound
        }
        return id
    }

    func query(_ name: String) -> String {
        request.query(name) ?? ""
    }
}

/// A request of somebody who is signed in.
@dynamicMemberLookup
struct SignedInRequest: Sendable {
    let page: PageRequest
    let visit: Visit

    subscript<Value>(dynamicMember key: KeyPath<PageRequest, Value>) -> Value {
        page[keyPath: key]
    }

    func query(_ name: String) -> String { page.query(name) }
}

/// A request inside a tenant, by somebody with the permission the route asks for.
@dynamicMemberLookup
struct TenantRequest: Sendable {
    let signedIn: SignedInRequest
    let access: TenantVisit

    subscript<Value>(dynamicMember key: KeyPath<PageRequest, Value>) -> Value {
        signedIn.page[keyPath: key]
    }

    var visit: Visit { signedIn.visit }
    var scope: TenantScope { access.scope }
    var tenant: Tenant { access.tenant }
    var slug: String { access.tenant.slug.text }
    func id() throws -> UUID { try signedIn.page.id() }
    func query(_ name: String) -> String { signedIn.page.query(name) }
    func file(_ name: String) -> UploadedFile? { signedIn.page.file(name) }
}

/// A request of support staff.
@dynamicMemberLookup
struct SupportRequest: Sendable {
    let signedIn: SignedInRequest
    let scope: SupportScope

    subscript<Value>(dynamicMember key: KeyPath<PageRequest, Value>) -> Value {
        signedIn.page[keyPath: key]
    }

    var visit: Visit { signedIn.visit }
    func id() throws -> UUID { try signedIn.page.id() }
    func query(_ name: String) -> String { signedIn.page.query(name) }
}
