import Observability
import Outbound
package import SMTP

/// Why there is no token, in words for people and programs.
package struct OAuthFailure: ExplainedError {
    private let advice: AdviceEntry
    /// The server's words, or ours.
    private var reason: String
    /// Of the token endpoint, with an unusual port.
    private var host = ""
    /// For the log.
    private let detail: String

    /// Ways to fail that need no words of a server.
    package enum Kind: Sendable { case settings, response, held }

    package init(_ kind: Kind, reason: String) {
        let advice: AdviceEntry =
            switch kind {
            case .settings: .settings
            case .response: .response
            case .held: .held
            }
        self.init(advice, reason: reason)
    }

    package init(_ kind: Kind, at endpoint: TokenEndpoint) {
        self = OAuthFailure(kind, reason: "\(kind)").about(endpoint)
    }

    /// An answer that is no success, from the token endpoint.
    init(status: Int, _ json: JSON?) {
        guard let error = json?["error"]?.text else {
            let advice: AdviceEntry =
                status == 429 ? .rateLimited : status >= 500 ? .serverFailure : .response
            self.init(advice, reason: "it answered with the status \(status)")
            return
        }
        let words = json?["error_description"]?.text ?? ""
        self.init(error: error, description: words, codes: json?["error_codes"])
    }

    /// An error that came back through the browser (RFC 6749, section 4.1.2.1).
    package init(callbackError error: String, description: String) {
        self.init(error: error, description: description, codes: nil)
    }

    private init(error: String, description: String, codes: JSON?) {
        let numbers = (codes?.elements ?? []).compactMap(\.number) + Self.numbers(in: description)
        let known = numbers.lazy.compactMap { AdviceEntry.byMicrosoft[$0] }.first
        let words = Self.firstLine(description)
        self.init(
            known ?? AdviceEntry.byError[error] ?? .refused,
            reason: words.isEmpty ? error : "\(error), \(words)",
            detail: numbers.isEmpty ? error : "\(error) \(numbers)"
        )
    }

    private init(_ advice: AdviceEntry, reason: String, detail: String? = nil) {
        self.advice = advice
        self.reason = reason
        self.detail = detail ?? reason
    }

    init(_ error: HTTPSError) {
        let advice: AdviceEntry =
            switch error.kind {
            case .tls, .configuration: .secured
            case .protocolViolation, .tooLarge: .response
            case .forbidden:
                AdviceEntry(
                    .egressForbidden,
                    field: "tokenURL",
                    cause: "The token endpoint may not be connected to. {reason}",
                    advice: "Choose a token URL that the network's rules allow."
                )
            case .cancelled:
                AdviceEntry(
                    .cancelled,
                    field: nil,
                    cause: "The test was cancelled while an access token was fetched. Nothing was "
                        + "sent.",
                    advice: ""
                )
            default: .unreachable
            }
        self.init(advice, reason: error.userText, detail: error.operatorText)
    }

    /// The same with the place, and without what nobody may see.
    func about(
        _ endpoint: TokenEndpoint,
        _ transcript: TokenTranscript? = nil
    ) -> OAuthFailure {
        var failure = self
        failure.host = endpoint.url.place
        if let transcript { failure.reason = transcript.text(reason) }
        return failure
    }

    /// The same with the place `host`, and words cleared of what is no text.
    package func about(host: String) -> OAuthFailure {
        var failure = self
        failure.host = host
        failure.reason = ServerWords.clean(reason)
        return failure
    }

    package var verdictCode: VerdictCode { advice.code }
    /// What the server said, or why it could not be asked; a part of a sentence.
    package var words: String { reason }
    package var code: String { advice.code.rawValue }
    package var userText: String { fill(advice.cause) + " " + fill(advice.advice) }
    package var operatorText: String { "\(code): \(host): \(detail)" }

    /// The end of a run that got no token.
    package var verdict: Verdict {
        Verdict(
            code: advice.code,
            step: .token,
            field: advice.field,
            cause: fill(advice.cause),
            advice: fill(advice.advice),
            whoCanFix: advice.code == .cancelled ? nil : advice.who,
            temporary: advice.isTemporary,
            reply: nil
        )
    }

    private func fill(_ text: String) -> String {
        AdviceEntry.fill(text, ["host": host, "reason": reason])
    }

    /// `AADSTS7000222: …` names 7000222.
    private static func numbers(in text: String) -> [Int] {
        let bytes = Array(text.utf8)
        guard let mark = bytes.firstRange(of: "AADSTS".utf8) else { return [] }
        let digits = bytes[mark.upperBound...].prefix { (0x30...0x39).contains($0) }.prefix(9)
        return Int(String(decoding: digits, as: UTF8.self)).map { [$0] } ?? []
    }

    /// Microsoft's trace and correlation IDs follow on lines of their own, or after two spaces.
    private static func firstLine(_ text: String) -> String {
        var line = text.utf8.prefix { $0 != 0x0D && $0 != 0x0A }
        if let more = Array(line).firstRange(of: " Trace ID:".utf8) {
            line = line.prefix(more.lowerBound)
        }
        while let last = line.last, last == 0x20 || last == 0x2E { line = line.dropLast() }
        return String(decoding: line, as: UTF8.self)
    }
}
