import Observability
import OAuth
import Outbound
package import SMTP

/// Why a provider gives no secret, in words for people and programs.
package struct ProviderFailure: ExplainedError, Equatable {
    private let entry: AdviceEntry
    /// The provider's words, or ours; no secret, one line, without a full stop.
    private let reason: String
    /// The provider's name and kind, once they are known.
    private var provider = ""
    /// Host, with an unusual port.
    private var host = ""
    /// For the log.
    private var detail: String

    init(_ entry: AdviceEntry, _ reason: String = "") {
        self.entry = entry
        self.reason = Self.withoutStop(reason)
        detail = self.reason
    }

    /// Why there was no answer at all.
    init(_ error: HTTPSError) {
        let entry: AdviceEntry =
            switch error.kind {
            case .tls(.clientCertificateRequired), .tls(.clientCertificateRejected):
                ProviderAdvice.clientCertificate
            case .tls: ProviderAdvice.secured
            case .configuration: ProviderAdvice.certificates
            case .protocolViolation, .tooLarge: ProviderAdvice.response
            case .forbidden: ProviderAdvice.forbidden
            case .cancelled: ProviderAdvice.cancelled
            case .timedOut: ProviderAdvice.timeout
            case .closed: ProviderAdvice.closed
            default: ProviderAdvice.unreachable
            }
        self.init(entry, error.userText)
        host = error.place
        detail = error.operatorText
    }

    /// Of the internal store: what came of a test of the secret with this name.
    package init(
        _ entry: AdviceEntry,
        secret name: String,
        host: String = "",
        reason: String = ""
    ) {
        self.init(entry, reason)
        provider = name
        self.host = host
    }

    /// The same, said of a provider; `host` is where it happened, unless that is known better.
    func about(_ settings: ProviderSettings, at host: String = "") -> ProviderFailure {
        var failure = at(host)
        failure.provider = "\(settings.name) (\(settings.kind.title))"
        return failure
    }

    /// The same with the place where it happened, unless that is known.
    func at(_ host: String) -> ProviderFailure {
        var failure = self
        if failure.host.isEmpty { failure.host = host }
        return failure
    }

    package var verdictCode: VerdictCode { entry.code }
    /// The setting of the provider or of the reference to change, by its field name.
    package var field: String? { entry.field }
    /// Whether the same may succeed later without a change.
    package var isTemporary: Bool { entry.isTemporary }
    package var cause: String { fill(entry.cause) }
    package var advice: String { fill(entry.advice) }
    package var code: String { entry.code.rawValue }
    package var userText: String { advice.isEmpty ? cause : "\(cause) \(advice)" }
    package var operatorText: String { "\(code): \(provider) \(host): \(detail)" }

    /// The end of a run that got no credentials.
    package var verdict: Verdict {
        Verdict(
            code: entry.code,
            step: .credentials,
            field: nil,
            cause: cause,
            advice: advice,
            whoCanFix: entry.code == .cancelled ? nil : entry.who,
            temporary: entry.isTemporary,
            reply: nil
        )
    }

    private func fill(_ text: String) -> String {
        AdviceEntry.fill(text, ["provider": provider, "host": host, "reason": reason])
    }

    /// Our sentences end themselves.
    private static func withoutStop(_ reason: String) -> String {
        var bytes = Array(ServerWords.clean(reason).utf8)[...]
        while let last = bytes.last, last == 0x2E || last == 0x20 { bytes = bytes.dropLast() }
        return String(decoding: bytes, as: UTF8.self)
    }
}
