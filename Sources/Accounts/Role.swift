/// A built-in role of a tenant.
package enum Role: String, Sendable, CaseIterable {
    case administrator, emailAdministrator, viewer, auditor

    package var title: String {
        switch self {
        case .administrator: "Administrator"
        case .emailAdministrator: "Email administrator"
        case .viewer: "Viewer"
        case .auditor: "Auditor"
        }
    }

    package var permissions: Set<Permission> {
        switch self {
        case .administrator: Self.ofAdministrator
        case .emailAdministrator: Self.ofEmailAdministrator
        case .viewer: Self.ofViewer
        case .auditor: Self.ofAuditor
        }
    }

    private static let ofAdministrator = Set(Permission.allCases).subtracting(Permission.platform)
    private static let ofEmailAdministrator: Set<Permission> = [
        .emailRead, .emailModify, .emailTest, .emailSend, .logsRead, .secretsRead, .secretsModify,
        .certificatesModify, .templatesRead, .templatesModify,
    ]
    private static let ofViewer: Set<Permission> = [
        .emailRead, .logsRead, .secretsRead, .templatesRead, .usersRead, .auditRead,
    ]
    private static let ofAuditor: Set<Permission> = [.auditRead, .logsRead]
}

/// A built-in role of the platform.
package enum PlatformRole: String, Sendable, CaseIterable {
    case `operator`, support

    package var title: String {
        switch self {
        case .operator: "Operator"
        case .support: "Support"
        }
    }

    package var permissions: Set<Permission> {
        switch self {
        case .operator: [.tenantsRead, .tenantsModify, .platformModify]
        case .support: [.supportRead]
        }
    }
}
