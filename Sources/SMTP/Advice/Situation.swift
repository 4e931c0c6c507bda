import Mail
import Outbound
import SASL
import Sockets

/// What the advice may name besides the failure itself.
struct Situation {
    let settings: ConnectionSettings
    let submission: Submission?
    /// Of the connection that failed; nil when it never came to one.
    let destination: Destination?
    let heloName: HeloName?
    let addressCount: Int
    /// Without ports, in the order tried.
    let failedAddresses: [String]
    let isMessageAccepted: Bool
    /// Through which the connections went.
    var proxy: Proxy?

    /// The values of the placeholders in the advice.
    func values(for failure: Failure?) -> [String: String] {
        var values = [
            "host": destination?.peer.text ?? settings.host.text,
            "port": String(settings.port),
            "address": destination?.label ?? settings.host.text,
            "seconds": String(min(max(settings.timeoutSeconds, 1), 255)),
            "heloName": heloName?.text ?? settings.heloName?.text ?? "",
            "sender": submission?.sender?.text ?? "<>",
            "recipient": submission?.recipients.first?.text ?? "",
            "size": String(submission?.message.count ?? 0),
        ]
        values["proxy"] = proxy.map { Transcript.text($0.place.utf8) } ?? ""
        guard let failure else { return values }
        switch failure.reason {
        case .tls(let error): values.merge(Self.values(of: error)) { $1 }
        case .proxyUnusable(let variable): values["variable"] = variable
        case .proxy(let error): values["detail"] = error.detail
        case .forbidden(let reason), .proxyForbidden(let reason): values["reason"] = reason
        case .tooLarge(let limit): values["limit"] = String(limit)
        case .lineTooLong(let length): values["length"] = String(length)
        case .plaintextForbidden(let mechanism): values["mechanism"] = mechanism
        case .violation(let violation): values["violation"] = violation.text
        case .recipientsRefused(let refused, _):
            values["refused"] = refused.map(\.text).joined(separator: ", ")
        case .mechanismNotOffered(let offered, let beforeTLS, _):
            values["offered"] = Self.list(offered)
            if let beforeTLS { values["offered"]? += " (before TLS: \(Self.list(beforeTLS)))" }
            values["wanted"] = settings.authentication.mechanisms.last?.name ?? ""
        case .signIn(let error, let mechanism):
            values["mechanism"] = mechanism.name
            values["detail"] = error.detail.isEmpty ? "" : " (\(error.detail))"
        case .signInTimedOut(let mechanism), .relayProofMissing(let mechanism):
            values["mechanism"] = mechanism.name
        case .refused(_, let mechanism, let complaint):
            values["mechanism"] = mechanism.name
            values["complaint"] = complaint.map { " It said about the token: \($0)." } ?? ""
        case .clientCertificateInvalid(let detail): values["detail"] = detail
        case .outdatedTLS(let version): values["version"] = version
        case .exchanger(let name, _): values["exchanger"] = Transcript.text(name.utf8)
        case .addressFamily(let family): values["family"] = family == .ipv4 ? "IPv4" : "IPv6"
        default: break
        }
        return values
    }

    private static func list(_ mechanisms: [String]) -> String {
        mechanisms.isEmpty ? "none" : mechanisms.joined(separator: ", ")
    }

    private static func values(of error: TLSError) -> [String: String] {
        var values = ["detail": error.detail]
        if case .certificate(let refusal) = error.kind, let chain = error.report?.chain {
            let culprit = chain.indices.contains(refusal.depth) ? chain[refusal.depth] : chain.first
            values["subject"] = culprit?.subject ?? ""
            values["issuer"] = culprit?.issuer ?? ""
            values["names"] = chain.first?.names.joined(separator: ", ") ?? ""
            values["notAfter"] = time(culprit?.notAfter)
            values["notBefore"] = time(culprit?.notBefore)
        }
        return values.mapValues { Transcript.text($0.utf8) }
    }

    private static func time(_ seconds: Int64?) -> String {
        seconds.map { TraceTime(unixMilliseconds: $0 * 1000).text } ?? ""
    }
}
