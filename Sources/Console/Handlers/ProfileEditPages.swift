import Templates
import SMTP
import Accounts
import EmailSettings
import HTTP
import Mail
import Observability
import Postgres
import TestSends

extension Console {
    func newProfile(_ request: TenantRequest) async throws -> Response {
        try requireOnPremises(request)
        var edit = ProfileEdit(request, saved: nil)
        edit.draft = try await email.drafts.draft(edit.draftForm, request.scope)
        return try await openForm(edit)
    }

    func editProfile(_ request: TenantRequest) async throws -> Response {
        try await openForm(try await edit(request))
    }

    func submitNewProfile(_ request: TenantRequest) async throws -> Response {
        try requireOnPremises(request)
        var edit = ProfileEdit(request, saved: nil)
        edit.draft = try await email.drafts.draft(edit.draftForm, request.scope)
        return try await submit(edit)
    }

    func submitProfile(_ request: TenantRequest) async throws -> Response {
        try await submit(try await edit(request))
    }

    /// The visit to the form of the profile of the address; all of it is read in one round trip.
    func edit(_ request: TenantRequest) async throws -> ProfileEdit {
        guard request.tenant.edition == .onPremises else { throw AccountsError.notFound }
        let id = try request.id()
        let scope = request.scope
        let (profiles, drafts, recent, accepted) = try await database.read(
            scope.reading,
            email.profiles.find(id, scope),
            email.drafts.find(.profile(id), scope),
            tests.log.recent(ofProfile: id, in: scope),
            tests.log.accepted(likeProfile: id, in: scope)
        )
        guard let saved = profiles.first else { throw AccountsError.notFound }
        var edit = ProfileEdit(request, saved: saved)
        edit.proof = proof(
            of: saved.fingerprint,
            TestStanding(recent: recent, accepted: accepted.first)
        )
        if let sealed = drafts.first { edit.draft = try await email.drafts.open(sealed, scope) }
        return edit
    }

    func requireOnPremises(_ request: TenantRequest) throws {
        guard request.tenant.edition == .onPremises else { throw AccountsError.notFound }
    }

    /// The form with the saved values, or with those the person left unsaved.
    private func openForm(_ edit: ProfileEdit) async throws -> Response {
        var edit = edit
        if let draft = edit.draft {
            edit.form.fill { draft.fields[$0] }
            edit.recipient = draft.fields["recipient"] ?? edit.recipient
            edit.draftNotice = draft.fields["notice"] ?? ""
            edit.isUnsaved = draft.hasCredentials || edit.differs
            edit.showsDraft = edit.isUnsaved
            if edit.isUnsaved, let saved = edit.saved,
                let begun = draft.fields["version"].flatMap({ Int($0) }), begun != saved.version
            {
                edit.conflict = try await conflict(saved, edit)
            }
        }
        edit.certificates = try await email.profiles.certificateChoices(edit.request.scope)
        edit.clearUnusableCertificates()
        return try await render(edit)
    }

    private func submit(_ edit: ProfileEdit) async throws -> Response {
        var edit = edit
        edit.read(edit.request.form)
        if let field = SourceButton.field(edit.request.form["action"]) {
            return try await askForSource(edit, field)
        }
        guard let button = ProfileButton(rawValue: edit.request.form["action"] ?? "save") else {
            throw PageError.unknownButton
        }
        do {
            switch button {
            case .undo: return try await undo(edit)
            case .discard: return try await discard(edit)
            case .testConnection: return try await test(edit, .connection)
            case .testSend: return try await test(edit, .send)
            case .save: return try await save(edit)
            case .authorize: return try await authorize(edit)
            case .keep:
                try await keepFields(edit)
                return Response(.noContent)
            default:
                try await change(&edit, button)
                try await keepTyped(edit)
                return try await render(edit)
            }
        } catch let rejection as FormRejection {
            edit.errors = rejection.errors
            try await keepFields(edit)
            return try await render(edit)
        } catch let conflict as ProfileConflict {
            edit.conflict = try await self.conflict(conflict.current, edit)
            edit.version = conflict.current.version
            try await keepFields(edit)
            return try await render(edit)
        }
    }

    private func conflict(_ saved: EmailProfile, _ edit: ProfileEdit) async throws -> ConflictPanel
    {
        let forms = [saved.form, edit.form]
        return ConflictPanel(
            saved,
            edit.form,
            try await certificateNames(in: forms, edit.request.scope)
        )
    }

    /// Does what a button does that changes the form or tries something out.
    private func change(_ edit: inout ProfileEdit, _ button: ProfileButton) async throws {
        let scope = edit.request.scope
        switch button {
        case .preview: edit.preview = try await headerPreview(of: edit)
        case .verifySign, .verifyEncrypt:
            let purpose: SMIMEPurpose = button == .verifySign ? .signing : .encryption
            edit.verifications[purpose] = try await email.profiles.verify(
                purpose,
                edit.form.parse(),
                scope
            )
        default: edit.change(button)
        }
    }

    /// The header of a test with the values of the form.
    private func headerPreview(of edit: ProfileEdit) async throws -> HeaderPreview {
        do {
            let lines = try await email.profiles.headerPreview(
                of: edit.form.parse(),
                edit.request.scope
            )
            return HeaderPreview(
                text: lines.flatMap(\.lines).joined(separator: "\n"),
                reason: nil
            )
        } catch let rejection as FormRejection {
            let labels = rejection.errors.map { FieldPlaces.label($0.field) ?? $0.field }
            return HeaderPreview(
                text: nil,
                reason: "Correct these first: \(labels.joined(separator: ", "))."
            )
        } catch let error as MailError {
            return HeaderPreview(text: nil, reason: error.userText)
        } catch let problem as SMIMEProblem {
            return HeaderPreview(text: nil, reason: problem.userText)
        }
    }

    /// What was typed as a draft, with the credentials if it is known where they would go.
    private func keepTyped(_ edit: ProfileEdit) async throws {
        let (draft, changes): (ProfileDraft, CredentialChanges)
        do { (draft, changes) = try await complete(edit) } catch is FormRejection {
            return try await keepFields(edit)
        }
        try await email.drafts.keep(
            edit.draftFields,
            changes,
            of: draft,
            as: edit.draftForm,
            edit.request.scope
        )
    }

    func keepFields(_ edit: ProfileEdit) async throws {
        try await email.drafts.keep(
            edit.draftFields,
            as: edit.draftForm,
            edit.request.scope
        )
    }

    private func undo(_ edit: ProfileEdit) async throws -> Response {
        try await email.drafts.discard(edit.draftForm, edit.request.scope)
        return .redirect(to: edit.action + "?notice=discarded")
    }

    private func discard(_ edit: ProfileEdit) async throws -> Response {
        try await email.drafts.discard(edit.draftForm, edit.request.scope)
        return .redirect(to: edit.cancelURL + "?notice=discarded")
    }

    private func save(_ edit: ProfileEdit) async throws -> Response {
        let scope = edit.request.scope
        let (draft, changes) = try await complete(edit)
        let id: UUID
        if let saved = edit.saved {
            id = saved.id
            try await email.profiles.save(
                draft,
                changes,
                to: id,
                version: edit.version,
                scope
            )
        } else {
            id = try await email.profiles.create(draft, changes, scope)
        }
        try await email.drafts.discard(edit.draftForm, scope)
        let notice = edit.saved == nil ? "created" : "profileSaved"
        return .redirect(
            to: PagePath.profile.url(edit.request.slug, id.description) + "?notice=\(notice)"
        )
    }

    private func test(_ edit: ProfileEdit, _ kind: TestKind) async throws -> Response {
        try requireTest(edit.request)
        let scope = edit.request.scope
        var errors: [FieldError] = []
        var recipient: Address?
        do throws(FieldError) {
            recipient = kind == .send ? try TestRecipient.parse(edit.recipient) : nil
        } catch { errors.append(error) }
        let (draft, changes) = try await complete(edit, with: errors)
        let settings = try await email.profiles.effectiveSettings(
            of: draft,
            changes,
            saved: edit.saved?.id,
            scope
        )
        try await email.drafts.keep(
            edit.draftFields,
            changes,
            of: draft,
            as: edit.draftForm,
            scope
        )
        let id = try await tests.log.start(
            TestRequest(
                kind: kind,
                settings: settings,
                recipient: recipient,
                isPressed: true
            ),
            in: scope
        )
        return .redirect(to: PagePath.test.url(edit.request.slug, id.description))
    }

    /// The draft with its credentials; all errors of form and credentials together.
    func complete(
        _ edit: ProfileEdit,
        with others: [FieldError] = []
    ) async throws -> (ProfileDraft, CredentialChanges) {
        var errors: [FieldError] = []
        var draft: ProfileDraft?
        do { draft = try edit.form.parse() } catch { errors += error.errors }
        errors += edit.credentialErrors + others
        guard errors.isEmpty, let draft else { throw FormRejection(errors) }
        let takesSecrets =
            edit.form.choosesApplication(besides: edit.saved?.form)
            || edit.draft?.namesSources == true
        if takesSecrets { try Self.requireSource(edit.request) }
        let changes = try await email.drafts.resolve(
            edit.credentials.changes,
            with: edit.draft,
            for: draft,
            edit.request.scope
        )
        return (draft, changes)
    }

    func render(_ edit: ProfileEdit) async throws -> Response {
        var edit = edit
        if edit.certificates.isEmpty {
            edit.certificates = try await email.profiles.certificateChoices(edit.request.scope)
        }
        edit.sources = try await email.profiles.sourceChoices(edit.request.scope)
        let slug = edit.request.slug
        var trail = [PageLink(url: PagePath.email.url(slug), label: "Email")]
        if let saved = edit.saved {
            trail.append(
                PageLink(
                    url: PagePath.profile.url(slug, saved.id.description),
                    label: saved.name
                )
            )
        }
        var layout = layout(
            edit.heading,
            edit.request,
            section: .email,
            trail: trail,
            errors: edit.errors
        )
        if !edit.cleared.isEmpty {
            layout.notice = NoticeBanner(
                tone: "warning",
                text: edit.cleared.joined(separator: " ")
            )
        } else if edit.showsDraft, layout.notice == nil {
            layout.notice =
                edit.draftNotice.isEmpty
                ? Notices.unsaved : NoticeBanner(tone: "neutral", text: edit.draftNotice)
        }
        let status: Status =
            edit.conflict != nil
            ? .conflict : edit.errors.isEmpty ? .ok : .unprocessableContent
        return .html(
            try templates.render(edit.page(layout)),
            status: status
        )
    }
}
