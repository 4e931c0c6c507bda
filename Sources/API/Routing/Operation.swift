package import Accounts
import HTTP

/// What a route needs of its caller, and the method that may rely on it.
struct Operation: Sendable {
    /// A method of the API that answers a call.
    typealias Method<Call> = @Sendable (API) -> @Sendable (Call) async throws -> Response

    enum Handler: Sendable {
        /// The public list: the description.
        case everybody(Method<Call>)
        /// Any living token.
        case token(Method<TokenCall>)
        /// A token of the tenant in the address, with a permission.
        case tenant(Permission?, Method<TenantCall>)
    }

    let name: OperationName
    let path: APIPath
    let handler: Handler

    /// Who may come here, for the test that walks every route and for the description.
    var access: APIAccess {
        switch handler {
        case .everybody: .everybody
        case .token: .token
        case .tenant(let permission, _): .tenant(permission)
        }
    }
}

/// Who may use a route.
package enum APIAccess: Sendable, Equatable {
    case everybody
    case token
    case tenant(Permission?)
}

/// The name of an operation in the description, from which generators name functions.
enum OperationName: String, Sendable, CaseIterable {
    case describe, showLinks, listTenants, showTenant
    case showBranding, saveBranding
    case listProfiles, createProfile, showProfile, saveProfile, deleteProfile, activateProfile
    case duplicateProfile, exportProfile, listVersions, showVersion
    case startTest, listTests, showTest, streamTest, cancelTest
    case sendMessage, listMessages, showMessage, cancelMessage, retryMessage, retryMessages
    case listCertificates, addCertificate, showCertificate, deleteCertificate
    case listSecrets, createSecret, showSecret, saveSecret, deleteSecret, testSecret
    case listProviders, createProvider, showProvider, saveProvider, deleteProvider
    case testProvider, listKeys, addEntry, saveEntry, deleteEntry
    case listExpirations
    case listAudit
}
