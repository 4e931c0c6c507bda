import Accounts
import EmailSettings
import HTTP
import Mail
import SMTP

extension API {
    func showBranding(_ call: TenantCall) async throws -> Response {
        try requireCloud(call)
        return try await brandingAnswer(call)
    }

    func saveBranding(_ call: TenantCall) async throws -> Response {
        try requireCloud(call)
        let body = try call.body()
        let form = try BrandingForm(body)
        let edited = try EditedVersion(call.request, body)
        let current = try await branding.branding(call.scope)?.version ?? 0
        let number = edited.number(current: current)
        do {
            // A version of something that is not there yet is one of something else.
            if current == 0, number != 0 {
                let nothing = JSON(branding: nil)
                throw VersionConflict(current: nothing, yours: form.json, edited)
            }
            try await branding.save(try form.parse(), version: number, call.scope)
        } catch let conflict as BrandingConflict {
            let current = JSON(branding: conflict.current)
            throw VersionConflict(current: current, yours: form.json, edited)
        }
        return try await brandingAnswer(call)
    }

    private func brandingAnswer(_ call: TenantCall) async throws -> Response {
        let saved = try await branding.branding(call.scope)
        return .versioned(JSON(branding: saved), saved?.version ?? 0)
    }

    private func requireCloud(_ call: TenantCall) throws(AccountsError) {
        guard call.tenant.edition == .cloud else { throw .notFound }
    }
}

extension BrandingForm {
    /// Reads what a program sent; a field that is missing is empty, as on the page.
    ///
    /// Throws: `FormRejection` for unknown names and wrong types.
    init(_ json: JSON) throws(FormRejection) {
        let errors = InputObject.errors(of: json, .branding)
        guard errors.isEmpty else { throw FormRejection(errors) }
        self.init()
        fromAddress = json["fromAddress"]?.text ?? ""
        fromName = json["fromName"]?.text ?? ""
    }

    fileprivate var json: JSON {
        ["fromAddress": .string(fromAddress), "fromName": .string(fromName)]
    }
}

extension JSON {
    /// The branding; before the first save it is empty and has version 0.
    fileprivate init(branding: Branding?) {
        let form = branding.map(BrandingForm.init) ?? BrandingForm()
        self = form.json.adding([
            "version": .number(branding?.version ?? 0),
            "updatedAt": .time(branding?.updatedAt),
            "updatedBy": .optional(branding?.updatedBy),
        ])
    }
}

extension FieldTable {
    static let branding = FieldTable([
        Field("fromAddress", .text, isRequired: true, "From email address"),
        Field("fromName", .text, "From email name"),
        Field(
            "version",
            .number(0...2_147_483_647),
            "Counts the saves, 0 before the first; send it, or the ETag as If-Match, with a change"
        ),
        Field("updatedAt", .nullable(.time), .answer, "When it was saved last"),
        Field("updatedBy", .nullable(.text), .answer, "Who saved it last"),
    ])
}
