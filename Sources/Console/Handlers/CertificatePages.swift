import Accounts
import Cryptography
import EmailSettings
import HTTP
import Postgres
import Secrets
import Templates

extension Console {
    func listCertificates(_ request: TenantRequest) async throws -> Response {
        try requireCertificates(request)
        let slug = request.slug
        let mayChange = request.access.may(.certificatesModify)
        let page = CertificateListPage(
            layout: layout("Certificates", request, section: .certificates),
            requestURL: mayChange ? PagePath.certificateRequest.url(slug) : nil,
            addURL: mayChange ? PagePath.certificateAdd.url(slug) : nil,
            fileURL: mayChange && certificates.offersFiles
                ? PagePath.certificateFile.url(slug) : nil,
            certificates: try await certificates.list(request.scope).map {
                CertificateListRow($0, slug: slug)
            }
        )
        return .html(try templates.render(page))
    }

    func showCertificate(_ request: TenantRequest) async throws -> Response {
        let stored = try await certificate(request)
        let (slug, id) = (request.slug, stored.id.description)
        let mayChange = request.access.may(.certificatesModify)
        let isUsed = !stored.uses.isEmpty
        let page = CertificatePage(
            layout: layout(
                stored.name,
                request,
                section: .certificates,
                trail: certificateTrail(request)
            ),
            name: stored.name,
            kind: stored.kind.title,
            state: StateBadge(stored),
            warnings: .warnings(stored),
            groups: .certificate(stored),
            uses: stored.uses.map { PageLink($0, slug: slug) },
            downloadURL: stored.request == nil ? nil : PagePath.certificateDownload.url(slug, id),
            install: mayChange && stored.source == .stored
                ? PageLink(
                    url: PagePath.certificateInstall.url(slug, id),
                    label: stored.kind == .request ? "Install certificate" : "Replace"
                ) : nil,
            refreshURL: mayChange && stored.isCachedFile
                ? PagePath.certificateRefresh.url(slug, id) : nil,
            renameURL: mayChange ? PagePath.certificateRename.url(slug, id) : nil,
            deleteURL: mayChange && !isUsed ? PagePath.certificateDelete.url(slug, id) : nil,
            deleteRefusal: mayChange && isUsed
                ? "It cannot be deleted while it is used. Choose another one there first." : nil,
            version: String(stored.version)
        )
        return .html(try templates.render(page))
    }

    /// The signing request in PEM; the key that belongs to it is nowhere to be had.
    func downloadRequest(_ request: TenantRequest) async throws -> Response {
        let stored = try await certificate(request)
        guard let signing = stored.request else { throw AccountsError.notFound }
        return .download(
            signing.pem,
            type: "application/pkcs10",
            fileName: "\(stored.name).csr"
        )
    }

    func refreshCertificate(_ request: TenantRequest) async throws -> Response {
        let stored = try await certificate(request)
        guard stored.isCachedFile else {
            return refused("There is no file on the server to read again.", stored, request)
        }
        do {
            try await certificates.refresh(
                stored.id,
                version: Int(request.form["version"] ?? ""),
                request.scope
            )
        } catch let refusal as CertificateRefusal {
            return refused(refusal.userText, stored, request)
        }
        return .redirect(to: certificateURL(stored, request) + "?notice=certificateInstalled")
    }

    func confirmCertificateEnd(_ request: TenantRequest) async throws -> Response {
        let stored = try await certificate(request)
        let hasKey = stored.kind == .own || stored.kind == .request
        let page = ConfirmPage(
            layout: layout(
                "Delete \(stored.name)",
                request,
                section: .certificates,
                trail: certificateTrail(request)
            ),
            heading: "Delete \(stored.name)?",
            text: hasKey
                ? "The certificate and its private key are removed for good."
                : "The certificate is removed for good.",
            action: PagePath.certificateDelete.url(request.slug, stored.id.description),
            hidden: [HiddenField(name: "version", value: String(stored.version))],
            button: "Delete certificate",
            dangerous: true,
            cancelURL: certificateURL(stored, request)
        )
        return .html(try templates.render(page))
    }

    func deleteCertificate(_ request: TenantRequest) async throws -> Response {
        let stored = try await certificate(request)
        do {
            try await certificates.delete(
                stored.id,
                version: Int(request.form["version"] ?? ""),
                request.scope
            )
        } catch let refusal as CertificateRefusal {
            return refused(refusal.userText, stored, request)
        }
        return .redirect(
            to: PagePath.certificates.url(request.slug) + "?notice=certificateDeleted"
        )
    }

    /// The certificate of the address.
    ///
    /// Throws: `AccountsError.notFound`, for a cloud tenant always.
    func certificate(_ request: TenantRequest) async throws -> StoredCertificate {
        try requireCertificates(request)
        return try await certificates.show(request.id(), request.scope)
    }

    /// Only on-premises tenants have certificates.
    func requireCertificates(_ request: TenantRequest) throws {
        guard request.tenant.edition == .onPremises else { throw AccountsError.notFound }
    }

    func certificateURL(_ stored: StoredCertificate, _ request: TenantRequest) -> String {
        PagePath.certificate.url(request.slug, stored.id.description)
    }

    func certificateTrail(
        _ request: TenantRequest,
        _ stored: StoredCertificate? = nil
    ) -> [PageLink] {
        let list = PageLink(url: PagePath.certificates.url(request.slug), label: "Certificates")
        guard let stored else { return [list] }
        return [list, PageLink(url: certificateURL(stored, request), label: stored.name)]
    }

    private func refused(
        _ text: String,
        _ stored: StoredCertificate,
        _ request: TenantRequest
    ) -> Response {
        page(
            .conflict,
            text,
            "Nothing was changed.",
            action: PageLink(
                url: certificateURL(stored, request),
                label: "Back to the certificate"
            )
        )
    }
}

extension StoredCertificate {
    /// Whether it is a copy of a file on the server.
    var isCachedFile: Bool {
        if case .file(_, isCached: true) = source { return true }
        return false
    }
}
