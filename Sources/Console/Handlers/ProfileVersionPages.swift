import Accounts
import EmailSettings
import HTTP
import Postgres
import Secrets
import Templates

extension Console {
    func listVersions(_ request: TenantRequest) async throws -> Response {
        let profile = try await profile(request)
        let versions = try await email.profiles.versions(of: profile.id, request.scope)
        let rows = versions.enumerated().map { index, version in
            let before = index + 1 < versions.count ? versions[index + 1] : nil
            return VersionRow(
                url: PagePath.profileVersion.url(
                    request.slug,
                    profile.id.description,
                    String(version.number)
                ),
                number: String(version.number),
                at: DisplayTime(version.savedAt),
                by: version.savedBy,
                changed: Self.changed(version, since: before),
                isCurrent: version.number == profile.version
            )
        }
        let heading = "History of \(profile.name)"
        let page = ProfileVersionsPage(
            layout: layout(
                heading,
                request,
                section: .email,
                trail: profileTrail(request, profile)
            ),
            heading: heading,
            versions: rows
        )
        return .html(try templates.render(page))
    }

    static func changed(_ version: ProfileVersion, since: ProfileVersion?) -> String {
        guard let since else {
            return version.number == 1 ? "Created" : "The oldest that is kept"
        }
        let labels =
            version.form.differences(from: since.form).map(\.label)
            + CredentialField.allCases.filter {
                version.credentials.contains($0) != since.credentials.contains($0)
            }.map(\.label)
        return labels.isEmpty
            ? "no field (credentials are not part of the history)"
            : labels.joined(separator: ", ")
    }

    func showVersion(_ request: TenantRequest) async throws -> Response {
        let profile = try await profile(request)
        let versions = try await email.profiles.versions(of: profile.id, request.scope)
        let version = try Self.version(versions, request)
        let before = versions.first { $0.number < version.number }
        let id = profile.id.description
        let heading = "Version \(version.number) of \(profile.name)"
        let forms = [version.form, profile.form, before?.form].compactMap { $0 }
        let names = try await certificateNames(in: forms, request.scope)
        let rows = DifferenceRow.all(version.form, profile.form, names)
        let changes = before.map { DifferenceRow.all($0.form, version.form, names) } ?? []
        let page = ProfileVersionPage(
            layout: layout(
                heading,
                request,
                section: .email,
                trail: profileTrail(request, profile) + [
                    PageLink(url: PagePath.profileVersions.url(request.slug, id), label: "History")
                ]
            ),
            heading: heading,
            at: DisplayTime(version.savedAt),
            by: version.savedBy,
            credentials: version.credentials.isEmpty
                ? "No credentials were set."
                : "Set were: \(version.credentials.map(\.label).joined(separator: ", "))."
                    + " Their values are not part of the history.",
            rows: rows,
            changes: changes,
            hasRows: !rows.isEmpty,
            hasChanges: !changes.isEmpty,
            action: request.access.may(.emailModify) && !rows.isEmpty
                ? PagePath.profileVersion.url(request.slug, id, String(version.number)) : nil,
            version: String(profile.version),
            backURL: PagePath.profileVersions.url(request.slug, id)
        )
        return .html(try templates.render(page))
    }

    private static func version(
        _ versions: [ProfileVersion],
        _ request: TenantRequest
    ) throws -> ProfileVersion {
        let number = request.parameters["number"].flatMap { Int($0) }
        guard let version = versions.first(where: { $0.number == number }) else {
            throw AccountsError.notFound
        }
        return version
    }

    /// The names of the certificates that forms may name, by their IDs.
    func certificateNames(
        in forms: [ProfileForm],
        _ scope: TenantScope
    ) async throws -> [String: String] {
        var names: [String: String] = [:]
        if forms.contains(where: \.namesCertificates) {
            for choice in try await email.profiles.certificateChoices(scope).values.joined() {
                names[choice.id.description] = choice.name
            }
        }
        if forms.contains(where: { !$0[.applicationSecret].isEmpty }) {
            for secret in try await email.profiles.sourceChoices(scope).applications {
                names[secret.id.description] = secret.name
            }
        }
        return names
    }

    /// Puts a version's values back as a new version; where they cannot be saved as they are,
    /// because a credential belongs to another destination, they open in the form.
    func restoreVersion(_ request: TenantRequest) async throws -> Response {
        let profile = try await profile(request)
        let versions = try await email.profiles.versions(of: profile.id, request.scope)
        let version = try Self.version(versions, request)
        let id = profile.id.description
        do {
            try await email.profiles.save(
                version.form.parse(),
                .keepAll,
                to: profile.id,
                version: Int(request.form["version"] ?? "") ?? 0,
                request.scope
            )
        } catch is FormRejection {
            var edit = ProfileEdit(request, saved: profile)
            edit.form = version.form
            try await email.drafts.keep(edit.draftFields, as: edit.draftForm, request.scope)
            return .redirect(to: PagePath.profileEdit.url(request.slug, id) + "?notice=reenter")
        } catch is ProfileConflict {
            return page(
                .conflict,
                "Somebody changed this profile after you opened the page.",
                "Nothing was changed. Look at the differences again.",
                action: PageLink(
                    url: PagePath.profileVersion.url(request.slug, id, String(version.number)),
                    label: "Back to the version"
                )
            )
        }
        return .redirect(to: PagePath.profile.url(request.slug, id) + "?notice=restored")
    }
}

extension DifferenceRow {
    static func all(
        _ then: ProfileForm,
        _ now: ProfileForm,
        _ names: [String: String]
    ) -> [DifferenceRow] {
        now.differences(from: then).map {
            DifferenceRow(
                label: $0.label,
                then: then.shown($0, names),
                now: now.shown($0, names)
            )
        }
    }
}
