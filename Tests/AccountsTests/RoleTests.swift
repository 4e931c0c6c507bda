import Accounts
import Testing

@Suite struct RoleTests {
    @Test func `roles have the permissions of the contract`() {
        let everything: Set<Permission> = [
            .emailRead, .emailModify, .emailTest, .emailSend, .logsRead, .secretsRead,
            .secretsModify,
            .certificatesModify, .templatesRead, .templatesModify, .usersRead, .usersModify,
            .auditRead, .tokensModify,
        ]
        #expect(Role.administrator.permissions == everything)
        #expect(
            Role.emailAdministrator.permissions
                == everything.subtracting([.usersRead, .usersModify, .auditRead, .tokensModify])
        )
        #expect(
            Role.viewer.permissions
                == everything.filter { $0.rawValue.hasSuffix(".read") }
        )
        #expect(Role.auditor.permissions == [.auditRead, .logsRead])
    }

    @Test func `no tenant's role reaches the platform, and no platform role a tenant`() {
        for role in Role.allCases {
            #expect(role.permissions.isDisjoint(with: Permission.platform), "\(role)")
        }
        for role in PlatformRole.allCases {
            #expect(role.permissions.isSubset(of: Permission.platform), "\(role)")
        }
        #expect(PlatformRole.support.permissions == [.supportRead])
        #expect(!PlatformRole.operator.permissions.contains(.supportRead))
    }
}

@Suite struct TenantSlugTests {
    @Test(arguments: ["a", "acme", "acme-2", "a-b-c", String(repeating: "a", count: 63)])
    func `a short name is taken`(_ text: String) {
        #expect(TenantSlug(text)?.text == text)
    }

    @Test(arguments: [
        "", "-a", "a-", "a--b", "Acme", "a.b", "a b", "ä", "a\u{301}", "a/b", "a\n", "\u{212A}",
        String(repeating: "a", count: 64),
    ])
    func `anything else is not`(_ text: String) {
        #expect(TenantSlug(text) == nil)
    }
}
