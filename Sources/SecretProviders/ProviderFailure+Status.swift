import OAuth
import SMTP

extension ProviderFailure {
    /// An answer that is no success, from the provider's API, with the words that it gave.
    init(_ answer: ProviderAnswer, saying words: String) {
        let reason = words.isEmpty ? "it answered with the status \(answer.status)" : words
        switch answer.status {
        case 300..<400:
            let target = answer.location.map { " to \($0)" } ?? ""
            self.init(
                ProviderAdvice.response,
                "it sends us on\(target) (status \(answer.status)), and redirections are not "
                    + "followed"
            )
        case 401: self.init(ProviderAdvice.authentication, reason)
        case 403: self.init(ProviderAdvice.permission, reason)
        case 404: self.init(ProviderAdvice.notFound, reason)
        case 429:
            let wait = answer.retryAfter.map { ", and asks to wait \($0) seconds" } ?? ""
            self.init(ProviderAdvice.rateLimited, reason + wait)
        case 408, 412, 500...: self.init(ProviderAdvice.serverFailure, reason)
        case 400, 422: self.init(ProviderAdvice.refused, reason)
        default: self.init(ProviderAdvice.response, reason)
        }
    }

    /// Why Microsoft gave no token for the vault.
    init(_ failure: OAuthFailure) {
        let said = failure.verdict
        let entry: AdviceEntry =
            switch failure.verdictCode {
            case .oauthUnreachable: ProviderAdvice.unreachable
            case .oauthTLS: ProviderAdvice.secured
            case .oauthServerFailure: ProviderAdvice.serverFailure
            case .oauthRateLimited: ProviderAdvice.rateLimited
            case .oauthSettings: ProviderAdvice.settings
            case .oauthSecretExpired: ProviderAdvice.clientSecretExpired
            case .egressForbidden: ProviderAdvice.forbidden
            case .cancelled: ProviderAdvice.cancelled
            default: ProviderAdvice.clientSecretRefused
            }
        self.init(entry, said.cause)
    }
}
