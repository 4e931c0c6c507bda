package import Postgres

/// Who acts, for the audit trail.
package struct AuditActor: Sendable {
    package let id: UUID?
    package let name: String
    package let origin: Origin

    /// Whoever runs a command on the machine.
    package static let commandLine = AuditActor(
        id: nil,
        name: "command line",
        origin: .commandLine
    )
}

/// The right to touch one tenant's rows, handed out by the `Authoriser` only.
///
/// It becomes the transaction's settings, which row-level security checks once more.
package struct TenantScope: Sendable {
    package let tenant: Tenant
    package let actor: AuditActor

    init(tenant: Tenant, actor: AuditActor) {
        self.tenant = tenant
        self.actor = actor
    }

    package var reading: TransactionScope { transaction(readOnly: true) }
    package var writing: TransactionScope { transaction(readOnly: false) }

    private func transaction(readOnly: Bool) -> TransactionScope {
        TransactionScope(
            settings: [("sendproof.tenant", tenant.id.description)],
            readOnly: readOnly
        )
    }
}

/// The right of support staff to read the test log of every tenant.
package struct SupportScope: Sendable {
    package let actor: AuditActor

    init(actor: AuditActor) {
        self.actor = actor
    }

    package var reading: TransactionScope {
        TransactionScope(settings: [("sendproof.platform", "support")], readOnly: true)
    }
}

extension TransactionScope {
    /// For statements before anybody is signed in: tables without a tenant only.
    static let anonymous = TransactionScope(settings: [], readOnly: false)

    static let anonymousReading = TransactionScope(settings: [], readOnly: true)

    /// What the queue's worker may see and change: jobs and tests of every tenant.
    package static let worker = TransactionScope(
        settings: [("sendproof.worker", "on")],
        readOnly: false
    )

    /// The worker at work for one tenant.
    package static func worker(for tenant: UUID, readOnly: Bool = false) -> TransactionScope {
        TransactionScope(
            settings: [("sendproof.worker", "on"), ("sendproof.tenant", tenant.description)],
            readOnly: readOnly
        )
    }

    /// The commands for master keys: the wrapped data keys of every tenant, and nothing else.
    package static let masterKeys = TransactionScope(
        settings: [("sendproof.keys", "on")],
        readOnly: false
    )

    /// The operators' command line and set-up.
    package static let platformOperator = TransactionScope(
        settings: [("sendproof.platform", "operator")],
        readOnly: false
    )
}
