import Accounts
import EmailSettings
import Expirations
import Postgres
import Templates

extension ExpiryRow {
    init(_ found: Expiration, at now: Timestamp, _ request: TenantRequest) {
        self.init(
            name: found.name,
            kind: found.kind.title,
            state: StateBadge(found, at: now),
            end: found.end.map(dayText) ?? found.withoutEnd,
            failure: found.failure?.text,
            uses: found.uses.map { PageLink($0, slug: request.slug) },
            renewal: PageLink(renewing: found, request)
        )
    }
}

extension Expiration {
    /// What is said in the place of a date.
    fileprivate var withoutEnd: String {
        if kind != .authorization { return "Not known" }
        guard let succeededAt else { return "Nobody says" }
        return "Nobody says; renewed on \(dayText(succeededAt))"
    }
}

extension StateBadge {
    init(_ found: Expiration, at now: Timestamp) {
        let level = found.level(at: now)
        let words = found.days(at: now).map { endWords($0, isOver: level == .expired) }
        switch level {
        case .failed: self.init(tone: "bad", label: "Failed")
        case .expired: self.init(tone: "bad", label: words ?? "Expired")
        case .days7: self.init(tone: "bad", label: words ?? "")
        case .days30, .days60: self.init(tone: "warning", label: words ?? "")
        case .later where found.end != nil: self.init(tone: "good", label: words ?? "")
        case .later:
            self.init(
                tone: found.succeededAt == nil ? "neutral" : "good",
                label: found.succeededAt == nil ? "Not tried yet" : "Good"
            )
        }
    }
}

/// `Ends in 12 days`, `Expired yesterday`.
private func endWords(_ days: Int, isOver: Bool) -> String {
    switch (isOver, days) {
    case (true, 0...): "Expired today"
    case (true, -1): "Expired yesterday"
    case (true, _): "Expired \(-days) days ago"
    case (false, ...0): "Ends today"
    case (false, 1): "Ends tomorrow"
    case (false, _): "Ends in \(days) days"
    }
}

extension PageLink {
    fileprivate init(_ use: ExpiryUse, slug: String) {
        let id = use.id.description
        let url =
            switch use.kind {
            case .profile: PagePath.profile.url(slug, id)
            case .provider: PagePath.provider.url(slug, id)
            }
        self.init(url: url, label: use.text)
    }

    /// Where `found` is renewed; nil for somebody who may not.
    fileprivate init?(renewing found: Expiration, _ request: TenantRequest) {
        let (slug, id) = (request.slug, found.id.description)
        let (permission, url, label): (Permission, String, String) =
            switch found.kind {
            case .namedSecret:
                (.secretsModify, PagePath.secretReplace.url(slug, id), "Replace the value")
            case .providerToken:
                (.secretsModify, PagePath.provider.url(slug, id), "Replace the token")
            case .certificate:
                (
                    .certificatesModify, PagePath.certificate.url(slug, id),
                    "Install a new certificate"
                )
            case .authorization:
                (
                    .emailModify, PagePath.profileEdit.url(slug, id) + "#oauth",
                    "Get OAuth authorization again"
                )
            }
        guard request.access.may(permission) else { return nil }
        self.init(url: url, label: label)
    }
}
