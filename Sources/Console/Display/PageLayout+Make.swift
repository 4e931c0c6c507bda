import Accounts
import EmailSettings
import Secrets

extension Console {
    /// The layout of a page before anybody is signed in, or of an error.
    func bareLayout(
        _ title: String,
        csrf: String = "",
        errors: [FieldError] = []
    ) -> PageLayout {
        layout(title, csrf: csrf, visit: nil, errors: errors)
    }

    /// The layout of a page of the person's own.
    func layout(
        _ title: String,
        _ signedIn: SignedInRequest,
        section: PagePath? = nil,
        errors: [FieldError] = []
    ) -> PageLayout {
        var layout = layout(
            title,
            csrf: signedIn.visit.token.formToken,
            visit: signedIn.visit,
            errors: errors
        )
        layout.navigation = [NavGroup(caption: nil, links: ownLinks(signedIn.visit, section))]
        layout.notice = Notices.banner(signedIn.query("notice"))
        return layout
    }

    /// The layout of a page inside a tenant.
    func layout(
        _ title: String,
        _ request: TenantRequest,
        section: PagePath,
        trail: [PageLink] = [],
        errors: [FieldError] = []
    ) -> PageLayout {
        let visit = request.visit
        let slug = request.slug
        var layout = layout(title, csrf: visit.token.formToken, visit: visit, errors: errors)
        layout.workspace = workspace(request.tenant, visit)
        layout.search = SearchBox(url: PagePath.search.url(slug), query: request.query("q"))
        layout.navigation = [
            NavGroup(
                caption: nil,
                links: tenantLinks(request.tenant, section, may: request.access.may)
            ),
            NavGroup(caption: nil, links: ownLinks(visit, section)),
        ]
        layout.trail = trail.isEmpty ? nil : Breadcrumbs(links: trail)
        layout.notice = Notices.banner(request.query("notice"))
        return layout
    }

    /// The layout of a support page.
    func layout(
        _ title: String,
        _ request: SupportRequest,
        errors: [FieldError] = []
    ) -> PageLayout {
        let visit = request.visit
        var layout = layout(title, csrf: visit.token.formToken, visit: visit, errors: errors)
        layout.workspace = Workspace(
            name: "Support",
            note: "All tenants",
            switchURL: PagePath.home.url()
        )
        layout.navigation = [
            NavGroup(caption: nil, links: ownLinks(visit, .supportTests))
        ]
        return layout
    }

    /// The layout of a page that says what went wrong: with the navigation of whoever asked.
    func layout(_ title: String, _ asker: Asker?) -> PageLayout {
        guard let asker else { return bareLayout(title) }
        let visit = asker.visit
        var layout = layout(title, csrf: visit.token.formToken, visit: visit, errors: [])
        let own = NavGroup(caption: nil, links: ownLinks(visit, nil))
        layout.navigation = [own]
        guard let membership = asker.membership else { return layout }
        let slug = membership.tenant.slug.text
        layout.workspace = workspace(membership.tenant, visit)
        layout.search = SearchBox(url: PagePath.search.url(slug), query: "")
        let links = tenantLinks(membership.tenant, nil, may: membership.role.permissions.contains)
        layout.navigation = [NavGroup(caption: nil, links: links), own]
        return layout
    }

    private func workspace(_ tenant: Tenant, _ visit: Visit) -> Workspace {
        let hasOther = visit.memberships.count > 1 || visit.person.platformRole != nil
        return Workspace(
            name: tenant.name,
            note: tenant.edition == .cloud ? "Cloud tenant" : "On premises",
            switchURL: hasOther ? PagePath.home.url() : nil
        )
    }

    private func layout(
        _ title: String,
        csrf: String,
        visit: Visit?,
        errors: [FieldError]
    ) -> PageLayout {
        PageLayout(
            pageTitle: errors.isEmpty ? title : "Error: \(title)",
            cssURL: assets.cssURL,
            jsURL: assets.jsURL,
            iconURL: assets.iconURL,
            faviconURL: assets.faviconURL,
            csrf: csrf,
            refreshes: false,
            person: visit.map { SignedInPerson(name: $0.person.name, email: $0.person.email) },
            workspace: nil,
            search: nil,
            navigation: [],
            trail: nil,
            notice: nil,
            problems: ErrorSummary(errors),
            helpURL: visit == nil || documentationURL == nil ? nil : PagePath.leave.url(),
            productVersion: "0.1.0"
        )
    }

    private func tenantLinks(
        _ tenant: Tenant,
        _ section: PagePath?,
        may: (Permission) -> Bool
    ) -> [NavLink] {
        let links: [(PagePath, String, String, Permission?)] = [
            (.overview, "Overview", "overview", nil),
            (.email, "Email", "mail", .emailRead),
            (.tests, "Test log", "tests", .logsRead),
            (.deliveries, "Deliveries", "deliveries", .logsRead),
            (.certificates, "Certificates", "shield", .emailRead),
            (.secrets, "Secrets", "key", .secretsRead),
            (.providers, "Secret providers", "lock", .secretsRead),
            (.expirations, "Expirations", "bell", .emailRead),
            (.audit, "Audit trail", "audit", .auditRead),
        ]
        let slug = tenant.slug.text
        let onPremises: Set<PagePath> = [.certificates, .secrets, .providers, .expirations]
        let shown = links.filter { tenant.edition == .onPremises || !onPremises.contains($0.0) }
        return shown.filter { $0.3.map(may) ?? true }.map {
            NavLink(url: $0.0.url(slug), label: $0.1, icon: $0.2, current: $0.0 == section)
        }
    }

    private func ownLinks(_ visit: Visit, _ section: PagePath?) -> [NavLink] {
        var links: [(PagePath, String, String)] = []
        if visit.memberships.count != 1 || visit.person.platformRole != nil {
            links.append((.home, "Your tenants", "building"))
        }
        if visit.permissions.contains(.supportRead) {
            links.append((.supportTests, "All tests", "tests"))
        }
        if inbox != nil { links.append((.capture, "Captured mail", "inbox")) }
        links.append((.account, "Your account", "users"))
        return links.map {
            NavLink(url: $0.0.url(), label: $0.1, icon: $0.2, current: $0.0 == section)
        }
    }
}

/// The confirmations a redirect may ask the next page for; text never comes from the address.
enum Notices {
    static let unsaved = NoticeBanner(
        tone: "neutral",
        text: "These are values you have not saved. Save them, or undo the changes."
    )

    static func banner(_ name: String) -> NoticeBanner? {
        let sentences: [String: String] = [
            "saved": "Saved. Your next email uses these values.",
            "created": "Saved. Test the profile, then activate it.",
            "profileSaved": "Saved.",
            "duplicated": "This is the copy. Its name is free to change.",
            "reenter":
                "These are the values of that version, not saved yet: enter the credentials again, "
                + "which were for another destination.",
            "restored": "The values of that version are in use again, as a new version.",
            "activated": "Activated. Email now goes out through this profile.",
            "source": "Chosen, not saved yet. Save the profile to keep it.",
            "authorized": "Authorized, not saved yet. Save the profile to keep the authorization.",
            "deleted": "The profile is deleted.",
            "discarded": "The unsaved changes are gone; these are the saved values.",
            "passwordChanged": "Your password is changed. All other sessions are signed out.",
            "tokenRevoked": "The token is revoked. Programs that use it are refused from now on.",
            "cancelled": "The test is being cancelled.",
            "triedNow": "Another attempt was asked for.",
            "deliveryCancelled": "The message is cancelled. Its text is gone.",
            "certificateRequested":
                "The key and the request are made. Download the request and have it signed.",
            "certificateInstalled": "The certificate is installed.",
            "certificateRenamed": "The certificate is renamed.",
            "certificateDeleted": "The certificate is deleted.",
            "secretCreated": "The secret is kept, encrypted.",
            "secretSaved": "Saved.",
            "secretReplaced": "The value is replaced.",
            "secretDeleted": "The secret is deleted.",
            "providerAdded": "The provider is added. Test it before profiles use it.",
            "providerSaved": "The provider is saved.",
            "providerDeleted": "The provider is deleted.",
            "entrySaved": "The entry is saved.",
            "entryDeleted": "The entry is deleted.",
            "webhookSaved": "The webhook is saved.",
            "webhookRemoved": "The webhook is removed. Nothing is sent any more.",
        ]
        if name == "certificateOldCipher" {
            return NoticeBanner(
                tone: "warning",
                text: "The certificate is installed. Its file uses an old cipher (RC2, DES or "
                    + "3DES) that does not protect the key well: delete copies of the file, and "
                    + "export with AES next time."
            )
        }
        if let count = number(name, after: "triedAll.") { return triedAll(count) }
        let kept = "secret."
        if name.utf8.starts(with: kept.utf8),
            let advice = SecretAdvice(
                rawValue: String(decoding: name.utf8.dropFirst(kept.utf8.count), as: UTF8.self)
            )
        {
            return NoticeBanner(tone: "warning", text: "The value is kept. \(advice.text)")
        }
        return sentences[name].map { NoticeBanner(tone: "good", text: $0) }
    }
    private static func triedAll(_ count: Int) -> NoticeBanner {
        count == 0
            ? NoticeBanner(tone: "neutral", text: "No message waited for another attempt.")
            : NoticeBanner(
                tone: "good",
                text: counted(Int64(count), "message")
                    + (count == 1 ? " is" : " are") + " tried now, as fast as workers are free."
            )
    }

    /// The number after a prefix; addresses give numbers and no words.
    private static func number(_ name: String, after prefix: String) -> Int? {
        guard name.utf8.starts(with: prefix.utf8) else { return nil }
        let digits = name.utf8.dropFirst(prefix.utf8.count)
        guard (1...9).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        return Int(String(decoding: Array(digits), as: UTF8.self))
    }
}
