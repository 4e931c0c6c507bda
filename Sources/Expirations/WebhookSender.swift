import Observability
package import Outbound
import Postgres
import SMTP
package import Sockets
package import TestSends

/// Sends signed events over HTTPS, within the rules of the installation's network.
package struct WebhookSender: Sendable {
    private let https: HTTPSClient
    private let proxyEnvironment: ProxyEnvironment
    private let clock: @Sendable () -> Timestamp

    /// How long one answer may take.
    private static let timeLimit: Duration = .seconds(10)
    /// Bytes of an answer that people are shown.
    private static let shown = 200

    /// `trustedCertificates` in PEM are trusted besides the system's.
    package init(
        resolver: any Resolving = Resolver(),
        egress: EgressPolicy,
        blocking: BlockingPool,
        proxyEnvironment: ProxyEnvironment = ProxyEnvironment([:]),
        trustedCertificates: [UInt8] = []
    ) {
        https = HTTPSClient(
            resolver: resolver,
            blocking: blocking,
            egress: { Self.refusal(egress.decision($0)) },
            allowsRemoteNames: egress == .everything,
            trustedCertificates: trustedCertificates
        )
        self.proxyEnvironment = proxyEnvironment
        clock = { .now() }
    }

    /// Sends `body` once; a redirection is a failure, and followed nowhere.
    ///
    /// Call from a task of `loop`.
    func send(_ body: [UInt8], to webhook: OpenedWebhook, on loop: EventLoop) async -> WebhookAnswer
    {
        let signature = WebhookSignature.value(of: body, secret: webhook.secret, at: clock())
        var request = HTTPSRequest(.post, webhook.url, body: Redacted(body))
        request.headers = [
            ("Content-Type", "application/json"), ("User-Agent", "Sendproof"),
            (WebhookSignature.header, signature),
        ].compactMap { HTTPSRequest.Header($0.0, $0.1) }
        switch proxyEnvironment.choice(for: webhook.url.host, port: webhook.url.port) {
        case .none, .exempt: break
        case .proxy(let proxy, _): request.proxy = proxy
        case .unusable(let variable):
            return WebhookAnswer(
                status: nil,
                text: "The environment variable \(variable) names no proxy that can be used."
            )
        }
        do throws(HTTPSError) {
            let response = try await https.send(request, on: loop, until: .after(Self.timeLimit))
            return WebhookAnswer(status: response.status, text: Self.words(response, webhook.url))
        } catch {
            return WebhookAnswer(status: nil, text: error.userText)
        }
    }

    private static func refusal(_ decision: EgressDecision) -> String? {
        if case .refused(let reason) = decision { reason } else { nil }
    }

    private static func words(_ response: HTTPSResponse, _ url: HTTPSURL) -> String {
        let body = response.body.reveal { Array($0.prefix(shown)) }
        let printable = body.map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: " ") }
        let text = String(decoding: printable, as: UTF8.self).split { $0 == " " }
            .joined(separator: " ")
        let redirection =
            (300..<400).contains(response.status) ? ", a redirection, which is not followed" : ""
        let end = text.isEmpty ? "." : ": \(text)"
        return "\(url.place) answered with the status \(response.status)\(redirection)\(end)"
    }
}
