import Mail
import SMTP
import Postgres
import Templates
import Accounts
import EmailSettings
import HTTP
import TestSends

extension Console {
    /// Cloud: the branding; on premises: the profiles.
    func showEmail(_ request: TenantRequest) async throws -> Response {
        guard request.tenant.edition == .cloud else { return try await listProfiles(request) }
        let branding = try await email.branding.branding(request.scope)
        let standing = try await tests.log.standing(
            ofValues: branding?.fingerprint,
            in: request.scope
        )
        let page = BrandingPage(
            layout: layout("Email", request, section: .email),
            editURL: request.access.may(.emailModify)
                ? PagePath.brandingEdit.url(request.slug) : nil,
            rows: branding.map(SettingRow.branding) ?? SettingRow.noBranding,
            domain: DomainState.badge,
            domainSentence: DomainState.sentence(branding),
            proof: proof(of: branding?.fingerprint, standing),
            testsURL: PagePath.tests.url(request.slug)
        )
        return .html(try templates.render(page))
    }

    func editBranding(_ request: TenantRequest) async throws -> Response {
        try requireCloud(request)
        let saved = try await email.branding.branding(request.scope)
        var form = saved.map(BrandingForm.init) ?? BrandingForm()
        let draft = try await email.drafts.draft(.branding, request.scope)
        if let draft { form.fill(draft.fields) }
        return try await brandingForm(
            request,
            form,
            version: saved?.version ?? 0,
            unsaved: draft != nil && form != saved.map(BrandingForm.init),
            recipient: draft?.fields["recipient"]
        )
    }

    func submitBranding(_ request: TenantRequest) async throws -> Response {
        try requireCloud(request)
        let sent = request.form
        var form = BrandingForm()
        form.fill(sent)
        let version = Int(sent["version"] ?? "") ?? 0
        do {
            switch sent["action"] ?? "save" {
            case "undo":
                try await email.drafts.discard(.branding, request.scope)
                return .redirect(
                    to: PagePath.brandingEdit.url(request.slug) + "?notice=discarded"
                )
            case TestButton.send, TestButton.connection:
                return try await testBranding(request, form)
            case "save":
                try await email.branding.save(
                    try form.parse(),
                    version: version,
                    request.scope
                )
                try await email.drafts.discard(.branding, request.scope)
                return .redirect(to: PagePath.email.url(request.slug) + "?notice=saved")
            default: throw PageError.unknownButton
            }
        } catch let rejection as FormRejection {
            return try await brandingForm(
                request,
                form,
                version: version,
                unsaved: true,
                recipient: sent["recipient"],
                errors: rejection.errors
            )
        } catch let conflict as BrandingConflict {
            return try await brandingForm(
                request,
                form,
                version: conflict.current.version,
                unsaved: true,
                recipient: sent["recipient"],
                conflict: ConflictPanel(conflict.current, form)
            )
        }
    }

    private func testBranding(
        _ request: TenantRequest,
        _ form: BrandingForm
    ) async throws -> Response {
        try requireTest(request)
        let draft = try form.parse()
        let isSend = request.form["action"] == "testSend"
        let recipient = isSend ? try parseRecipient(request.form["recipient"] ?? "") : nil
        let settings = try await email.branding.effectiveSettings(of: draft, request.scope)
        try await email.drafts.keep(
            form.fields.merging(["recipient": request.form["recipient"] ?? ""]) { $1 },
            as: .branding,
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
    }

    private func brandingForm(
        _ request: TenantRequest,
        _ form: BrandingForm,
        version: Int,
        unsaved: Bool,
        recipient: String?,
        errors: [FieldError] = [],
        conflict: ConflictPanel? = nil
    ) async throws -> Response {
        var layout = layout(
            "Edit From branding",
            request,
            section: .email,
            trail: [PageLink(url: PagePath.email.url(request.slug), label: "Email")],
            errors: errors
        )
        if unsaved, errors.isEmpty, conflict == nil { layout.notice = Notices.unsaved }
        let page = BrandingEditPage(
            layout: layout,
            action: PagePath.brandingEdit.url(request.slug),
            cancelURL: PagePath.email.url(request.slug),
            version: String(version),
            unsaved: unsaved,
            conflict: conflict,
            fromAddress: .make(
                "fromAddress",
                "From email address",
                form.fromAddress,
                type: "email",
                hint: "The address your recipients see and answer to.",
                required: true,
                autocomplete: "email",
                errors: errors
            ),
            fromName: .make(
                "fromName",
                "From email name",
                form.fromName,
                hint: "Shown beside the address, for example No Reply.",
                errors: errors
            ),
            domain: DomainState.badge,
            domainSentence: DomainState.sentence(nil),
            recipient: .recipient(recipient ?? request.visit.person.email, errors)
        )
        let status: Status =
            conflict != nil ? .conflict : errors.isEmpty ? .ok : .unprocessableContent
        return .html(try templates.render(page), status: status)
    }

    private func requireCloud(_ request: TenantRequest) throws {
        guard request.tenant.edition == .cloud else { throw AccountsError.notFound }
    }

    func requireTest(_ request: TenantRequest) throws {
        guard request.access.may(.emailTest) else {
            throw AccountsError.missingPermission(.emailTest)
        }
    }
}

extension BrandingForm {
    /// The fields by name, as they are kept in a draft.
    var fields: [String: String] { ["fromAddress": fromAddress, "fromName": fromName] }

    mutating func fill(_ sent: FormBody) {
        fromAddress = sent["fromAddress"] ?? ""
        fromName = sent["fromName"] ?? ""
    }

    mutating func fill(_ fields: [String: String]) {
        fromAddress = fields["fromAddress"] ?? fromAddress
        fromName = fields["fromName"] ?? fromName
    }
}

extension TextField {
    static func recipient(_ value: String, _ errors: [FieldError]) -> TextField {
        .make(
            "recipient",
            "Send the test to",
            value,
            type: "email",
            hint: "A mailbox you can look into.",
            required: true,
            autocomplete: "email",
            width: "full",
            errors: errors
        )
    }
}

/// The verification of a From domain.
enum DomainState {
    static let badge = StateBadge(tone: "neutral", label: "Not verified")

    static func sentence(_ branding: Branding?) -> String {
        guard let branding else {
            return "Nobody has proved yet that the domain may be used; a test shows whether the "
                + "server accepts it."
        }
        return "Nobody has proved yet that \(branding.fromAddress.domain) may be used; a test "
            + "shows whether the server accepts it."
    }
}

extension ConflictPanel {
    init(_ saved: Branding, _ form: BrandingForm) {
        let theirs = BrandingForm(saved)
        let rows = [
            ("From email address", form.fromAddress, theirs.fromAddress),
            ("From email name", form.fromName, theirs.fromName),
        ]
        self.init(
            who: saved.updatedBy,
            at: DisplayTime(saved.updatedAt),
            rows: ConflictRow.differing(rows)
        )
    }
}

extension ConflictRow {
    /// The rows in which the two versions differ.
    static func differing(_ rows: [(String, String, String)]) -> [ConflictRow] {
        rows.filter { !$0.1.utf8.elementsEqual($0.2.utf8) }.map {
            ConflictRow(
                label: $0.0,
                yours: $0.1.isEmpty ? "(empty)" : $0.1,
                theirs: $0.2.isEmpty ? "(empty)" : $0.2
            )
        }
    }
}
