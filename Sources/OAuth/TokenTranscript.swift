package import Observability
import Outbound
import SMTP

/// What a server answered, fit to be shown: of its JSON only members that are known to be no
/// secret, and of its words nothing that we sent it in confidence.
package struct TokenTranscript: Sendable {
    private let words: ServerWords

    private static let harmless: Set<String> = [
        "error", "error_description", "error_uri", "error_codes", "correlation_id", "trace_id",
        "timestamp", "token_type", "expires_in", "ext_expires_in", "scope", "suberror",
    ]

    init(_ endpoint: TokenEndpoint, _ grant: TokenGrant) {
        words = ServerWords(without: [endpoint.clientSecret].compactMap { $0 } + grant.secrets)
    }

    /// Hides these secrets, and nothing but them.
    package init(hiding secrets: [Redacted<[UInt8]>]) {
        words = ServerWords(without: secrets)
    }

    func lines(_ response: HTTPSResponse) -> [String] {
        let status = "HTTP \(response.status)"
        let identifiers = ["x-ms-request-id", "request-id", "retry-after"].compactMap { name in
            response.header(name).map { "\(name): \(text($0))" }
        }
        guard let members = TokenAnswer.json(response)?.members else {
            let type = response.header("content-type").map { "Content-Type: \(text($0))" }
            let length = response.body.reveal { "(\($0.count) bytes that are no JSON)" }
            return [status] + identifiers + [type, length].compactMap { $0 }
        }
        let shown = members.map { member in
            let isHarmless = Self.harmless.contains(member.name)
            let value: JSON = isHarmless ? member.value : .string(ServerWords.mark)
            return "\(text(member.name)): \(text(String(decoding: value.bytes, as: UTF8.self)))"
        }
        return [status] + identifiers + shown
    }

    package func text(_ words: String) -> String { self.words.text(words) }
}
