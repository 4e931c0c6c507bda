import SMTP
import Templates
import Accounts
import EmailSettings
import HTTP
import Postgres
import TestSends

extension Console {
    func listProfiles(_ request: TenantRequest) async throws -> Response {
        let profiles = try await email.profiles.list(request.scope)
        let proofs = try await tests.log.proofs(
            of: profiles.map { ($0.id, $0.fingerprint) },
            in: request.scope
        )
        let rows = profiles.map {
            ProfileRow($0, StateBadge(proofs[$0.id]), slug: request.slug)
        }
        let page = ProfileListPage(
            layout: layout("Email", request, section: .email),
            newURL: request.access.may(.emailModify)
                ? PagePath.profileNew.url(request.slug) : nil,
            importURL: request.access.may(.emailModify)
                ? PagePath.profileImport.url(request.slug) : nil,
            profiles: rows,
            noneActive: !profiles.isEmpty && !profiles.contains(where: \.isActive)
        )
        return .html(try templates.render(page))
    }

    func showProfile(_ request: TenantRequest) async throws -> Response {
        try await profilePage(request, errors: [], recipient: nil)
    }

    /// Says what the last save changed, on the page that follows it.
    private func changes(
        of profile: EmailProfile,
        _ request: TenantRequest
    ) async throws -> NoticeBanner? {
        guard request.query("notice") == "profileSaved" else { return nil }
        let versions = try await email.profiles.versions(of: profile.id, request.scope)
        guard let last = versions.first else { return nil }
        let changed = Self.changed(last, since: versions.dropFirst().first)
        return NoticeBanner(tone: "good", text: "Saved. Changed: \(changed).")
    }

    /// Tests the saved values from the profile's own page.
    func testSavedProfile(_ request: TenantRequest) async throws -> Response {
        let profile = try await profile(request)
        let sent = request.form
        do {
            let isSend = try TestButton.isSend(sent["action"] ?? TestButton.send)
            let recipient = isSend ? try parseRecipient(sent["recipient"] ?? "") : nil
            let draft = try profile.form.parse()
            let settings = try await email.profiles.effectiveSettings(
                of: draft,
                .keepAll,
                saved: profile.id,
                request.scope
            )
            let id = try await tests.log.start(
                TestRequest(
                    kind: isSend ? .send : .connection,
                    settings: settings,
                    recipient: recipient,
                    isPressed: true
                ),
                in: request.scope
            )
            return .redirect(to: PagePath.test.url(request.slug, id.description))
        } catch let rejection as FormRejection {
            return try await profilePage(
                request,
                errors: rejection.errors,
                recipient: sent["recipient"]
            )
        }
    }

    /// The profile of the address.
    ///
    /// Throws: `AccountsError.notFound`, for a cloud tenant always.
    func profile(_ request: TenantRequest) async throws -> EmailProfile {
        guard request.tenant.edition == .onPremises,
            let profile = try await email.profiles.profile(request.id(), request.scope)
        else { throw AccountsError.notFound }
        return profile
    }

    /// Says that the person has left something unsaved, if it is not what is saved.
    private func unsaved(
        _ sealed: SealedDraft?,
        of profile: EmailProfile,
        _ request: TenantRequest
    ) async throws -> DraftNotice? {
        guard let sealed else { return nil }
        let draft = try await email.drafts.open(sealed, request.scope)
        var form = profile.form
        form.fill { draft.fields[$0] }
        guard draft.hasCredentials || form != profile.form else { return nil }
        return DraftNotice(
            at: DisplayTime(draft.updatedAt),
            continueURL: PagePath.profileEdit.url(request.slug, profile.id.description)
        )
    }

    private func profilePage(
        _ request: TenantRequest,
        errors: [FieldError],
        recipient: String?
    ) async throws -> Response {
        guard request.tenant.edition == .onPremises else { throw AccountsError.notFound }
        let address = try request.id()
        let (found, drafts, recent, accepted, authorizations) = try await database.read(
            request.scope.reading,
            email.profiles.find(address, request.scope),
            email.drafts.find(.profile(address), request.scope),
            tests.log.recent(ofProfile: address, count: 5, in: request.scope),
            tests.log.accepted(likeProfile: address, in: request.scope),
            AuthorizationState.find(address, in: request.scope)
        )
        guard let profile = found.first else { throw AccountsError.notFound }
        let standing = TestStanding(recent: recent, accepted: accepted.first)
        let id = profile.id.description
        let slug = request.slug
        let mayEdit = request.access.may(.emailModify)
        let draft = mayEdit ? try await unsaved(drafts.first, of: profile, request) : nil
        let runs = request.access.may(.logsRead) ? standing.recent : []
        var pageLayout = layout(
            profile.name,
            request,
            section: .email,
            trail: [PageLink(url: PagePath.email.url(slug), label: "Email")],
            errors: errors
        )
        if let notice = try await changes(of: profile, request) { pageLayout.notice = notice }
        let page = ProfilePage(
            layout: pageLayout,
            name: profile.name,
            description: profile.description.isEmpty ? nil : profile.description,
            isActive: profile.isActive,
            proof: proof(of: profile.fingerprint, standing),
            authorization: authorizations.first.map { NoticeBanner($0) },
            groups: SettingGroup.all(
                profile,
                try await certificateNames(in: [profile.form], request.scope)
            ),
            editURL: mayEdit ? PagePath.profileEdit.url(slug, id) : nil,
            activateURL: mayEdit && !profile.isActive && profile.canSend
                ? PagePath.profileActivate.url(slug, id) : nil,
            duplicateURL: mayEdit ? PagePath.profileDuplicate.url(slug, id) : nil,
            exportURL: PagePath.profileExport.url(slug, id),
            versionsURL: PagePath.profileVersions.url(slug, id),
            logURL: profile.form.flag(.fileLog) && request.access.may(.logsRead)
                ? PagePath.profileLog.url(slug, id) : nil,
            draft: draft,
            deleteURL: mayEdit && !profile.isActive ? PagePath.profileDelete.url(slug, id) : nil,
            deleteRefusal: mayEdit && profile.isActive
                ? "The active profile cannot be deleted. Activate another one first." : nil,
            testURL: request.access.may(.emailTest) && profile.canSend
                ? PagePath.profile.url(slug, id) : nil,
            recipient: .recipient(recipient ?? request.visit.person.email, errors),
            hasTests: !runs.isEmpty,
            tests: runs.map { TestRow($0, url: testURL($0)) },
            testsURL: PagePath.tests.url(slug)
        )
        return .html(
            try templates.render(page),
            status: errors.isEmpty ? .ok : .unprocessableContent
        )
    }
}

extension ProfileRow {
    init(_ profile: ProfileSummary, _ proof: StateBadge, slug: String) {
        self.init(
            url: PagePath.profile.url(slug, profile.id.description),
            name: profile.name,
            description: profile.description.isEmpty ? nil : profile.description,
            server: profile.destination.isEmpty
                ? "Email disabled: no server" : profile.destination,
            sender: profile.fromAddress.isEmpty ? nil : profile.fromAddress,
            isActive: profile.isActive,
            proof: proof,
            changed: DisplayTime(profile.updatedAt)
        )
    }
}
