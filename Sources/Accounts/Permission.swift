/// What a person may do; the names are those of roles, pages and tokens.
package enum Permission: String, Sendable, CaseIterable {
    case emailRead = "email.read"
    case emailModify = "email.modify"
    case emailTest = "email.test"
    case emailSend = "email.send"
    case logsRead = "logs.read"
    case secretsRead = "secrets.read"
    case secretsModify = "secrets.modify"
    case certificatesModify = "certificates.modify"
    case templatesRead = "templates.read"
    case templatesModify = "templates.modify"
    case usersRead = "users.read"
    case usersModify = "users.modify"
    case auditRead = "audit.read"
    case tokensModify = "tokens.modify"
    case tenantsRead = "tenants.read"
    case tenantsModify = "tenants.modify"
    case platformModify = "platform.modify"
    case supportRead = "support.read"

    /// Permissions over the platform; no tenant's role has them.
    package static let platform: Set<Permission> = [
        .tenantsRead, .tenantsModify, .platformModify, .supportRead,
    ]
}
