import SMTP
import Templates
import Mail
import Accounts
import EmailSettings
import Expirations
import HTTP
import Notifications
import Postgres
import TestSends

extension Console {
    /// Says whether email is working.
    func overview(_ request: TenantRequest) async throws -> Response {
        let email = request.access.may(.emailRead) ? try await emailState(request) : nil
        let (failures, standing) =
            request.access.may(.logsRead)
            ? try await database.read(
                request.scope.reading,
                tests.log.failures(5, in: request.scope),
                deliveries.standing(in: request.scope)
            ) : ([], [])
        let health = Health(email, canRead: request.access.may(.emailRead))
        let page = OverviewPage(
            layout: layout(request.tenant.name, request, section: .overview),
            heading: request.tenant.name,
            health: health.badge,
            headline: health.headline,
            sentence: health.sentence,
            nextStep: health.nextStep(request),
            activeTitle: request.tenant.edition == .cloud
                ? "From branding" : "Active email profile",
            active: email?.active,
            none: health.none(request),
            lastTest: request.access.may(.logsRead)
                ? email?.lastTest.map { TestRow($0, url: testURL($0)) } : nil,
            hasFailures: !failures.isEmpty,
            failures: failures.map { TestRow($0, url: testURL($0)) },
            testsURL: PagePath.tests.url(request.slug),
            mail: standing.first.flatMap {
                MailPanel($0, url: PagePath.deliveries.url(request.slug))
            },
            endings: try await endings(request)
        )
        return .html(try templates.render(page))
    }

    /// What in use ends within 60 days or has failed; nil for nothing.
    private func endings(_ request: TenantRequest) async throws -> EndingsPanel? {
        guard request.tenant.edition == .onPremises, request.access.may(.emailRead) else {
            return nil
        }
        let now = expiry.radar.now
        let found = try await expiry.radar.warnings(request.scope)
            .filter { request.access.may($0.kind.permission) }
        guard !found.isEmpty else { return nil }
        return EndingsPanel(
            allURL: PagePath.expirations.url(request.slug),
            rows: found.map { ExpiryRow($0, at: now, request) }
        )
    }

    func testURL(_ run: TestSummary) -> String {
        PagePath.test.url(run.tenant.slug.text, run.id.description)
    }

    private func emailState(_ request: TenantRequest) async throws -> EmailState {
        let active: ActiveSettings?
        let fingerprint: [UInt8]?
        switch request.tenant.edition {
        case .cloud:
            let branding = try await email.branding.branding(request.scope)
            active = branding.map {
                ActiveSettings(
                    url: PagePath.email.url(request.slug),
                    name: $0.fromAddress.text,
                    rows: SettingRow.branding($0)
                )
            }
            fingerprint = branding?.fingerprint
        case .onPremises:
            let profile = try await email.profiles.active(request.scope)
            active = profile.map {
                ActiveSettings(
                    url: PagePath.profile.url(request.slug, $0.id.description),
                    name: $0.name,
                    rows: SettingRow.summary($0)
                )
            }
            fingerprint = profile?.fingerprint
        }
        let (last, proof) = try await tests.log.latest(ofValues: fingerprint, in: request.scope)
        return EmailState(active: active, proof: proof, lastTest: last)
    }
}

/// What the overview is told.
struct EmailState {
    let active: ActiveSettings?
    /// The last finished test of exactly the active settings.
    let proof: TestRun?
    let lastTest: TestSummary?
}

/// The answer to "is email working?", with its reason.
struct Health {
    enum State { case working, notProven, failing, notConfigured, hidden }

    let state: State
    private let proof: TestRun?

    init(_ email: EmailState?, canRead: Bool) {
        proof = email?.proof
        state =
            switch (canRead, email?.active, email?.proof?.status) {
            case (false, _, _): .hidden
            case (true, nil, _): .notConfigured
            case (true, _, .accepted?): .working
            case (true, _, .failed?), (true, _, .timedOut?): .failing
            default: .notProven
            }
    }

    var badge: StateBadge {
        switch state {
        case .working: StateBadge(tone: "good", label: "Working")
        case .notProven: StateBadge(tone: "warning", label: "Not proven")
        case .failing: StateBadge(tone: "bad", label: "Failing")
        case .notConfigured: StateBadge(tone: "neutral", label: "Not configured")
        case .hidden: StateBadge(tone: "neutral", label: "Not shown")
        }
    }

    var headline: String {
        switch state {
        case .working: "Email is working"
        case .notProven: "Email is not proven yet"
        case .failing: "Email is failing"
        case .notConfigured: "Email is not configured"
        case .hidden: "Welcome"
        }
    }

    var sentence: String {
        let when = proof.map { ago($0.queuedAt, now: .now()) } ?? ""
        return switch state {
        case .working:
            "The server accepted a test with exactly the settings in use, \(when)."
        case .notProven: "Nothing has been tested with exactly the settings in use."
        case .failing:
            proof?.verdict?.cause ?? "The last test with exactly these settings failed."
        case .notConfigured: "No email can be sent until it is."
        case .hidden: "Your role does not include the email settings."
        }
    }

    func nextStep(_ request: TenantRequest) -> PageLink? {
        let slug = request.slug
        switch state {
        case .working, .hidden: return nil
        case .failing:
            return proof.map {
                PageLink(
                    url: PagePath.test.url(slug, $0.id.description),
                    label: "See what is wrong"
                )
            }
        case .notProven:
            return PageLink(url: PagePath.email.url(slug), label: "Go to email and test it")
        case .notConfigured:
            guard request.access.may(.emailModify) else { return nil }
            return request.tenant.edition == .cloud
                ? PageLink(url: PagePath.brandingEdit.url(slug), label: "Set the From branding")
                : PageLink(url: PagePath.email.url(slug), label: "Set up an email profile")
        }
    }

    func none(_ request: TenantRequest) -> String {
        if state == .hidden { return "Your role does not include the email settings." }
        return request.tenant.edition == .cloud
            ? "There is no From branding yet." : "No email profile is active."
    }
}
