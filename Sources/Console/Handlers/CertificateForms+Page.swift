import Accounts
import Cryptography
import EmailSettings
import HTTP
import Postgres
import Secrets
import Templates

/// How the forms about certificates look.
extension Console {
    func requestPage(
        _ form: CertificateRequestForm,
        _ request: TenantRequest,
        _ errors: [FieldError] = []
    ) throws -> Response {
        var page = formPage("New signing request", request, errors)
        page.lede =
            "Makes a private key, which stays here, and a request that a certificate authority "
            + "signs."
        page.action = PagePath.certificateRequest.url(request.slug)
        page.fields = [nameField(form.name, errors)]
        page.fields += CertificateSubject.Part.formOrder.map { part in
            .make(
                part.rawValue,
                part.label,
                form[part],
                hint: part == .commonName
                    ? "What the certificate is for: a name, a host name or an email address." : nil,
                required: part == .commonName,
                width: part == .country ? "short" : "full",
                errors: errors
            )
        }
        page.key = ChoiceField(
            name: "keyKind",
            label: "Key",
            hint: "EC keys are small and fast; RSA is understood everywhere.",
            error: errors.message(for: "keyKind"),
            options: PrivateKeyKind.allCases.map {
                ChoiceOption(
                    value: $0.rawValue,
                    label: $0.title,
                    chosen: $0.rawValue == form.keyKind
                )
            }
        )
        page.names = .make(
            "alternativeNames",
            "Alternative names (SAN)",
            form.alternativeNames,
            hint: "One a line: host names, IP addresses, email addresses. For signed email, the "
                + "sender's address.",
            width: "full",
            errors: errors
        )
        page.button = "Create key and request"
        return try answer(page, errors)
    }

    func addPage(_ request: TenantRequest, _ errors: [FieldError] = []) throws -> Response {
        var page = formPage("Add certificate", request, errors)
        page.lede = "From a file that you choose, or as text that you paste."
        page.action = PagePath.certificateAdd.url(request.slug)
        page.kind = kindField(request, errors)
        page.fields = [nameField(request.form["name"] ?? "", errors)]
        page.upload = uploadField(
            "PKCS#12 (.p12, .pfx) for one with private key; else DER (.cer, .crt, .der) or PEM "
                + "(.pem), with its chain if there is one.",
            errors
        )
        page.paste = pasteField(request, errors)
        page.password = passwordField(errors)
        page.button = "Add certificate"
        return try answer(page, errors)
    }

    func filePage(_ request: TenantRequest, _ errors: [FieldError] = []) throws -> Response {
        var page = formPage("Use a file on the server", request, errors)
        page.lede = "A file in the certificate folder of this installation."
        page.action = PagePath.certificateFile.url(request.slug)
        page.kind = kindField(request, errors)
        page.fields = [
            nameField(request.form["name"] ?? "", errors),
            .make(
                "fileName",
                "File name",
                request.form["fileName"] ?? "",
                hint: "Its plain name, such as relay.pem. PEM, DER or PKCS#12.",
                required: true,
                width: "full",
                errors: errors
            ),
        ]
        page.password = passwordField(errors)
        page.cache = CheckboxField(
            name: "cacheCertificate",
            label: "Cache certificate",
            hint: "On: a copy is kept in the database, for all servers. Off: the file is read at "
                + "each use, so that a new one counts at once.",
            checked: request.request.method == .get || request.form["cacheCertificate"] == "on"
        )
        page.button = "Use this file"
        return try answer(page, errors)
    }

    func installPage(
        _ request: TenantRequest,
        _ stored: StoredCertificate,
        _ errors: [FieldError] = []
    ) throws -> Response {
        let isRequest = stored.kind == .request
        let heading = isRequest ? "Install certificate" : "Replace \(stored.name)"
        var page = formPage(heading, request, errors, stored)
        page.lede =
            isRequest
            ? "The certificate that was issued for this request, with its chain if there is one."
            : "What uses it goes on with the new one."
        page.action = PagePath.certificateInstall.url(request.slug, stored.id.description)
        page.version = request.form["version"] ?? String(stored.version)
        page.upload = uploadField(
            stored.kind == .own
                ? "A new certificate for the same key, or PKCS#12 (.p12, .pfx) with a new key."
                : "DER (.cer, .crt, .der) or PEM (.pem).",
            errors
        )
        page.paste = pasteField(request, errors)
        page.password = isRequest ? nil : passwordField(errors)
        page.button = isRequest ? "Install certificate" : "Replace certificate"
        page.cancelURL = certificateURL(stored, request)
        return try answer(page, errors)
    }

    func renamePage(
        _ request: TenantRequest,
        _ stored: StoredCertificate,
        typed: String,
        _ errors: [FieldError] = []
    ) throws -> Response {
        var page = formPage("Rename \(stored.name)", request, errors, stored)
        page.lede = "What uses it is not changed."
        page.action = PagePath.certificateRename.url(request.slug, stored.id.description)
        page.version = request.form["version"] ?? String(stored.version)
        page.fields = [nameField(typed, errors)]
        page.button = "Rename"
        page.cancelURL = certificateURL(stored, request)
        return try answer(page, errors)
    }

    private func formPage(
        _ heading: String,
        _ request: TenantRequest,
        _ errors: [FieldError],
        _ stored: StoredCertificate? = nil
    ) -> CertificateFormPage {
        CertificateFormPage(
            layout: layout(
                heading,
                request,
                section: .certificates,
                trail: certificateTrail(request, stored),
                errors: errors
            ),
            heading: heading,
            lede: "",
            action: "",
            version: "",
            button: "",
            cancelURL: PagePath.certificates.url(request.slug)
        )
    }

    private func answer(
        _ page: CertificateFormPage,
        _ errors: [FieldError]
    ) throws -> Response {
        .html(
            try templates.render(page),
            status: errors.isEmpty ? .ok : .unprocessableContent
        )
    }

    private func nameField(_ value: String, _ errors: [FieldError]) -> TextField {
        .make(
            "name",
            "Name",
            value,
            hint: "Under this name profiles choose it.",
            required: true,
            width: "full",
            errors: errors
        )
    }

    private func kindField(_ request: TenantRequest, _ errors: [FieldError]) -> ChoiceField {
        let typed = request.form["kind"] ?? request.query("kind")
        let explanations: [(CertificateKind, String)] = [
            (.own, "Signs email, or shows a server who you are. Needs the private key."),
            (.recipient, "Email to this person is encrypted with it."),
            (.authority, "Servers with a certificate of this authority are trusted."),
        ]
        return ChoiceField(
            name: "kind",
            label: "What it is",
            error: errors.message(for: "kind"),
            options: explanations.map { kind, text in
                ChoiceOption(
                    value: kind.rawValue,
                    label: kind.title,
                    explanation: text,
                    chosen: kind.rawValue == typed
                )
            }
        )
    }

    private func uploadField(_ hint: String, _ errors: [FieldError]) -> UploadField {
        UploadField(
            name: "certificate",
            label: "File",
            accept: ".cer,.crt,.der,.pem,.p12,.pfx",
            hint: hint,
            error: errors.message(for: "certificate")
        )
    }

    /// The pasted text comes back, unless a private key lies in it.
    private func pasteField(_ request: TenantRequest, _ errors: [FieldError]) -> TextField {
        let typed = request.form["certificateText"] ?? ""
        let isSecret = typed.utf8.contains(subsequence: "PRIVATE KEY".utf8)
        return .make(
            "certificateText",
            "Or its text",
            isSecret ? "" : typed,
            hint: "PEM: from BEGIN CERTIFICATE to END CERTIFICATE, both lines included.",
            width: "full",
            errors: errors
        )
    }

    private func passwordField(_ errors: [FieldError]) -> TextField {
        .make(
            "filePassword",
            "Password of the file",
            "",
            type: "password",
            hint: "The one it was exported with.",
            autocomplete: "off",
            errors: errors
        )
    }
}

extension CertificateSubject.Part {
    /// As the form asks for them.
    fileprivate static let formOrder: [CertificateSubject.Part] = [
        .commonName, .organization, .organizationalUnit, .locality, .state, .country,
        .emailAddress,
    ]
}

extension Collection where Element == UInt8 {
    /// Whether `part` lies in it.
    fileprivate func contains(subsequence part: some Collection<UInt8>) -> Bool {
        Array(self).firstRange(of: Array(part)) != nil
    }
}
