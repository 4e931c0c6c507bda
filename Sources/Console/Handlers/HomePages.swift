import Templates
import Accounts
import HTTP

extension Console {
    /// The person's tenants; with exactly one tenant, straight to it.
    func home(_ request: SignedInRequest) async throws -> Response {
        let visit = request.visit
        if visit.memberships.count == 1, visit.person.platformRole == nil {
            return .redirect(to: PagePath.overview.url(visit.memberships[0].tenant.slug.text))
        }
        var doors: [PlatformDoor] = []
        if visit.permissions.contains(.supportRead) {
            doors.append(
                PlatformDoor(
                    url: PagePath.supportTests.url(),
                    label: "Tests of all tenants",
                    purpose: "Find failing tests and read what happened.",
                    icon: "tests"
                )
            )
        }
        let page = HomePage(
            layout: layout("Start", request, section: .home),
            heading: visit.person.platformRole == nil ? "Your tenants" : "Platform",
            doors: doors,
            emptyHint: doors.isEmpty && visit.memberships.isEmpty
                ? Self.nothingHere(visit) : nil,
            hasPlaces: !visit.memberships.isEmpty,
            places: visit.memberships.map(TenantRow.init)
        )
        return .html(try templates.render(page))
    }

    private static func nothingHere(_ visit: Visit) -> String {
        visit.person.platformRole == .operator
            ? "Tenants, people and the platform's relay are managed on the command line of the "
                + "server: sendproof --help."
            : "You are not a member of any tenant yet. Ask the administrator of yours to add you."
    }

    /// Asks before the person leaves for the documentation.
    func leave(_ request: SignedInRequest) async throws -> Response {
        guard let documentationURL else { throw AccountsError.notFound }
        let page = LeavePage(
            layout: layout("Leaving Sendproof", request),
            destination: documentationURL,
            yesURL: documentationURL,
            noURL: PagePath.home.url()
        )
        return .html(try templates.render(page))
    }
}

extension TenantRow {
    init(_ membership: Membership) {
        self.init(
            url: PagePath.overview.url(membership.tenant.slug.text),
            name: membership.tenant.name,
            edition: membership.tenant.edition == .cloud ? "Cloud tenant" : "On premises",
            health: StateBadge(tone: "neutral", label: membership.role.title),
            sentence: "Your role: \(membership.role.title)"
        )
    }
}
