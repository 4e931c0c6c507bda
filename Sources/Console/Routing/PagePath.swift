/// The address of every page; routes, pages and tests print it from here.
package enum PagePath: String, CaseIterable, Sendable {
    case home = "/"
    case login = "/login"
    case logout = "/logout"
    case account = "/account"
    case accountPassword = "/account/password"
    case accountSessions = "/account/sessions"
    case accountTokens = "/account/tokens"
    case accountTokenRevoke = "/account/tokens/{id}/revoke"
    case leave = "/help/leave"
    case oauthCallback = "/oauth/callback"

    case overview = "/t/{t}"
    case search = "/t/{t}/search"
    case email = "/t/{t}/email"
    case brandingEdit = "/t/{t}/email/branding/edit"
    case profileNew = "/t/{t}/email/profiles/new"
    case profile = "/t/{t}/email/profiles/{id}"
    case profileEdit = "/t/{t}/email/profiles/{id}/edit"
    case profileNewSource = "/t/{t}/email/profiles/new/source/{field}"
    case profileSource = "/t/{t}/email/profiles/{id}/edit/source/{field}"
    case profileActivate = "/t/{t}/email/profiles/{id}/activate"
    case profileImport = "/t/{t}/email/profiles/import"
    case profileDuplicate = "/t/{t}/email/profiles/{id}/duplicate"
    case profileExport = "/t/{t}/email/profiles/{id}/export"
    case profileVersions = "/t/{t}/email/profiles/{id}/versions"
    case profileVersion = "/t/{t}/email/profiles/{id}/versions/{number}"
    case profileLog = "/t/{t}/email/profiles/{id}/log"
    case profileDelete = "/t/{t}/email/profiles/{id}/delete"
    case tests = "/t/{t}/tests"
    case test = "/t/{t}/tests/{id}"
    case testEvents = "/t/{t}/tests/{id}/events"
    case testCancel = "/t/{t}/tests/{id}/cancel"
    case testDownload = "/t/{t}/tests/{id}/download"
    case deliveries = "/t/{t}/deliveries"
    case deliveriesTry = "/t/{t}/deliveries/try"
    case delivery = "/t/{t}/deliveries/{id}"
    case deliveryTry = "/t/{t}/deliveries/{id}/try"
    case deliveryCancel = "/t/{t}/deliveries/{id}/cancel"
    case certificates = "/t/{t}/certificates"
    case certificateRequest = "/t/{t}/certificates/request"
    case certificateAdd = "/t/{t}/certificates/add"
    case certificateFile = "/t/{t}/certificates/file"
    case certificate = "/t/{t}/certificates/{id}"
    case certificateDownload = "/t/{t}/certificates/{id}/request"
    case certificateInstall = "/t/{t}/certificates/{id}/install"
    case certificateRefresh = "/t/{t}/certificates/{id}/refresh"
    case certificateRename = "/t/{t}/certificates/{id}/rename"
    case certificateDelete = "/t/{t}/certificates/{id}/delete"
    case secrets = "/t/{t}/secrets"
    case secretNew = "/t/{t}/secrets/new"
    case secret = "/t/{t}/secrets/{id}"
    case secretEdit = "/t/{t}/secrets/{id}/edit"
    case secretReplace = "/t/{t}/secrets/{id}/replace"
    case secretTest = "/t/{t}/secrets/{id}/test"
    case secretDelete = "/t/{t}/secrets/{id}/delete"
    case providers = "/t/{t}/providers"
    case providerNew = "/t/{t}/providers/new"
    case provider = "/t/{t}/providers/{id}"
    case providerEdit = "/t/{t}/providers/{id}/edit"
    case providerTest = "/t/{t}/providers/{id}/test"
    case providerDelete = "/t/{t}/providers/{id}/delete"
    case providerEntryNew = "/t/{t}/providers/{id}/entries/new"
    case providerEntry = "/t/{t}/providers/{id}/entries/{entry}"
    case providerEntryDelete = "/t/{t}/providers/{id}/entries/{entry}/delete"
    case expirations = "/t/{t}/expirations"
    case expiryWebhook = "/t/{t}/expirations/webhook"
    case audit = "/t/{t}/audit"

    case supportTests = "/support/tests"
    case supportTest = "/support/tests/{id}"
    case supportTestEvents = "/support/tests/{id}/events"
    case supportTestDownload = "/support/tests/{id}/download"

    case capture = "/capture"
    case captured = "/capture/{id}"
    case capturedHTML = "/capture/{id}/html"
    case capturedRaw = "/capture/{id}/raw"

    case healthy = "/healthz"
    case ready = "/readyz"

    /// Whether a form sent here may have files; others are refused them.
    var takesFiles: Bool {
        self == .certificateAdd || self == .certificateInstall || self == .profileImport
    }

    /// The address with its parameters filled in, in their order.
    package func url(_ parameters: String...) -> String {
        guard !parameters.isEmpty else { return rawValue }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(96)
        var rest = parameters[...]
        var isSkipping = false
        for byte in rawValue.utf8 {
            switch byte {
            case UInt8(ascii: "{"):
                guard let value = rest.popFirst() else { return rawValue }
                bytes.append(contentsOf: value.utf8)
                isSkipping = true
            case UInt8(ascii: "}"): isSkipping = false
            default: if !isSkipping { bytes.append(byte) }
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
