package import Observability
import Outbound
import SMTP

/// What a server answered, fit to be shown: of its JSON only members that are known to be no
/// secret, and of its words nothing that we sent it in confidence.
package struct TokenTranscript: Sendable {
    private let needles: [Redacted<[UInt8]>]

    private static let harmless: Set<String> = [
        "error", "error_description", "error_uri", "error_codes", "correlation_id", "trace_id",
        "timestamp", "token_type", "expires_in", "ext_expires_in", "scope", "suberror",
    ]
    private static let longestText = 600
    /// A shorter secret is found in harmless words.
    private static let shortestNeedle = 4

    init(_ endpoint: TokenEndpoint, _ grant: TokenGrant) {
        let secrets = [endpoint.clientSecret].compactMap { $0 } + grant.secrets
        needles = secrets.flatMap { secret in
            secret.reveal { [$0, FormEncoding.encode($0)] }
        }.filter { $0.count >= Self.shortestNeedle }.map { Redacted($0) }
    }

    /// Hides these secrets, and nothing but them.
    package init(hiding secrets: [Redacted<[UInt8]>]) {
        needles = secrets.filter { $0.reveal { $0.count >= Self.shortestNeedle } }
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
            let value: JSON = isHarmless ? member.value : .string(TokenForm.mark)
            return "\(text(member.name)): \(text(String(decoding: value.bytes, as: UTF8.self)))"
        }
        return [status] + identifiers + shown
    }

    /// One line without secrets, control characters, marks of the text direction, or an end that
    /// does not come.
    package func text(_ words: String) -> String {
        var bytes = Array(words.utf8)
        for needle in needles {
            needle.reveal { needle in
                while let found = bytes.firstRange(of: needle) {
                    bytes.replaceSubrange(found, with: TokenForm.mark.utf8)
                }
            }
        }
        return Self.clean(String(decoding: bytes, as: UTF8.self))
    }

    /// Without control characters, marks of the text direction, and an end that does not come.
    static func clean(_ words: String) -> String {
        var output = ""
        for scalar in words.unicodeScalars.prefix(longestText) {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator:
                output.unicodeScalars.append(" ")
            default: output.unicodeScalars.append(scalar)
            }
        }
        return words.unicodeScalars.count > longestText ? output + " …" : output
    }
}
