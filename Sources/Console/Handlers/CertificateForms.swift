import Accounts
import Cryptography
import EmailSettings
import HTTP
import Observability
import Postgres
import Secrets
import Templates

/// What makes certificates: the forms, and what happens when they are sent.
extension Console {
    func newRequest(_ request: TenantRequest) async throws -> Response {
        try requireCertificates(request)
        return try requestPage(CertificateRequestForm(), request)
    }

    func createRequest(_ request: TenantRequest) async throws -> Response {
        try requireCertificates(request)
        let form = CertificateRequestForm(request.form)
        do {
            let draft = try form.parse()
            let id = try await certificates.createRequest(
                draft.name,
                draft.keyKind,
                for: draft.subject,
                names: draft.names,
                request.scope
            )
            return .redirect(
                to: PagePath.certificate.url(request.slug, id.description)
                    + "?notice=certificateRequested"
            )
        } catch let rejection as FormRejection {
            return try requestPage(form, request, rejection.errors)
        } catch let refusal as CertificateRefusal {
            return try requestPage(form, request, [FieldError(refusal)])
        }
    }

    func newCertificate(_ request: TenantRequest) async throws -> Response {
        try requireCertificates(request)
        return try addPage(request)
    }

    func addCertificate(_ request: TenantRequest) async throws -> Response {
        try requireCertificates(request)
        do {
            let name = request.form["name"] ?? ""
            let kind = request.form["kind"].flatMap(CertificateKind.init(rawValue:))
            let bytes = try sentCertificate(
                request,
                also: nameErrors(name) + kindErrors(kind, among: [.own, .recipient, .authority])
            )
            let id: UUID
            var isOld = false
            if let kind, kind != .own {
                id = try await certificates.add(
                    kind,
                    name,
                    bytes.reveal { $0 },
                    request.scope
                )
            } else {
                let added = try await certificates.addOwn(
                    name,
                    bytes,
                    password: request.filePassword,
                    request.scope
                )
                (id, isOld) = (added.id, added.usesOldCipher)
            }
            return installed(id, isOld, request)
        } catch let rejection as FormRejection {
            return try addPage(request, rejection.errors)
        } catch let refusal as CertificateRefusal {
            return try addPage(request, [FieldError(refusal)])
        }
    }

    func newCertificateFile(_ request: TenantRequest) async throws -> Response {
        try requireCertificateFolder(request)
        return try filePage(request)
    }

    func addCertificateFile(_ request: TenantRequest) async throws -> Response {
        try requireCertificateFolder(request)
        do {
            let name = request.form["name"] ?? ""
            let kind = request.form["kind"].flatMap(CertificateKind.init(rawValue:))
            let errors =
                nameErrors(name) + kindErrors(kind, among: [.own, .recipient, .authority])
            guard errors.isEmpty, let kind else { throw FormRejection(errors) }
            let added = try await certificates.addFile(
                name,
                CertificateFileChoice(
                    kind: kind,
                    fileName: request.form["fileName"] ?? "",
                    password: request.filePassword,
                    isCached: request.form["cacheCertificate"] == "on"
                ),
                request.scope
            )
            return installed(added.id, added.usesOldCipher, request)
        } catch let rejection as FormRejection {
            return try filePage(request, rejection.errors)
        } catch let refusal as CertificateRefusal {
            return try filePage(request, [FieldError(refusal)])
        }
    }

    func askForCertificate(_ request: TenantRequest) async throws -> Response {
        try installPage(request, try await certificate(request))
    }

    func installCertificate(_ request: TenantRequest) async throws -> Response {
        let stored = try await certificate(request)
        do {
            let isOld = try await certificates.install(
                try sentCertificate(request),
                password: request.filePassword,
                into: stored.id,
                version: Int(request.form["version"] ?? ""),
                request.scope
            )
            return installed(stored.id, isOld, request)
        } catch let rejection as FormRejection {
            return try installPage(request, stored, rejection.errors)
        } catch let refusal as CertificateRefusal {
            return try installPage(request, stored, [FieldError(refusal)])
        }
    }

    func askForName(_ request: TenantRequest) async throws -> Response {
        let stored = try await certificate(request)
        return try renamePage(request, stored, typed: stored.name)
    }

    func renameCertificate(_ request: TenantRequest) async throws -> Response {
        let stored = try await certificate(request)
        let name = request.form["name"] ?? ""
        do {
            try await certificates.rename(
                stored.id,
                to: name,
                version: Int(request.form["version"] ?? ""),
                request.scope
            )
            return .redirect(to: certificateURL(stored, request) + "?notice=certificateRenamed")
        } catch let refusal as CertificateRefusal {
            return try renamePage(request, stored, typed: name, [FieldError(refusal)])
        }
    }

    private func installed(_ id: UUID, _ isOld: Bool, _ request: TenantRequest) -> Response {
        .redirect(
            to: PagePath.certificate.url(request.slug, id.description)
                + "?notice=\(isOld ? "certificateOldCipher" : "certificateInstalled")"
        )
    }

    private func requireCertificateFolder(_ request: TenantRequest) throws {
        try requireCertificates(request)
        guard certificates.offersFiles else { throw AccountsError.notFound }
    }

    private func nameErrors(_ name: String) -> [FieldError] {
        CertificateRequestForm.isName(name)
            ? [] : [FieldError("name", "required", "Enter a name of 1 to 64 characters.")]
    }

    private func kindErrors(
        _ kind: CertificateKind?,
        among kinds: Set<CertificateKind>
    ) -> [FieldError] {
        kind.map(kinds.contains) ?? false
            ? [] : [FieldError("kind", "required", "Choose what the certificate is for.")]
    }

    /// The bytes of the file that was chosen, or of the text that was pasted.
    private func sentCertificate(
        _ request: TenantRequest,
        also others: [FieldError] = []
    ) throws(FormRejection) -> Redacted<[UInt8]> {
        let file = request.file("certificate")?.content
        let text = Array((request.form["certificateText"] ?? "").utf8)
        let hasText = text.contains { $0 > 0x20 }
        var errors = others
        if file == nil, !hasText {
            let message = "Choose the certificate's file, or paste its text below."
            errors.append(FieldError("certificate", "required", message))
        } else if file != nil, hasText {
            let message = "Choose a file or paste the text, not both."
            errors.append(FieldError("certificate", "ambiguous", message))
        }
        guard errors.isEmpty else { throw FormRejection(errors) }
        return file ?? Redacted(text)
    }
}

extension TenantRequest {
    /// The password of a certificate's file; nil when none was typed.
    fileprivate var filePassword: Redacted<[UInt8]>? {
        let typed = Array((self.form["filePassword"] ?? "").utf8)
        return typed.isEmpty ? nil : Redacted(typed)
    }
}

extension FieldError {
    /// The refusal beside the form's field; the file's password has a name of its own there.
    fileprivate init(_ refusal: CertificateRefusal) {
        self.init(
            refusal.field == "password" ? "filePassword" : refusal.field,
            refusal.reason,
            refusal.userText
        )
    }
}
