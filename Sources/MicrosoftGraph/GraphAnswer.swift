import OAuth
import Observability
import Outbound
import SMTP

/// What Microsoft Graph answered to a submission.
struct GraphAnswer: Sendable {
    let status: Int
    /// Of the error, the innermost first; empty without one.
    let codes: [String]
    /// The error in one line, fit to be shown; empty without one.
    let words: String
    /// Microsoft's names for the request, which its support asks for.
    let requestID: String?
    let clientRequestID: String?
    /// How long not to ask again; nil when it does not say.
    let retryAfter: Duration?
    /// What the server said, fit to be shown.
    let lines: [String]
    private let message: String

    private static let deepest = 5

    /// `transcript` hides what was sent in confidence.
    init(_ response: HTTPSResponse, _ transcript: TokenTranscript) {
        // What is no JSON is no error of Graph's.
        let json = response.body.reveal { try? JSON(parsing: $0) }
        let error = json?["error"]
        let name = error?["code"]?.text ?? error?.text
        message = error?["message"]?.text ?? json?["error_description"]?.text ?? ""
        codes = Self.codes(error, name)
        status = response.status
        words =
            transcript.text(
                [name ?? "", message].filter { !$0.utf8.isEmpty }.joined(separator: ", ")
            ).trimmed
        requestID = response.header("request-id").map(transcript.text)
        clientRequestID = response.header("client-request-id").map(transcript.text)
        retryAfter = response.header("retry-after").flatMap(Self.seconds)
        lines = Self.lines(response, hasError: name != nil, transcript, words)
    }

    /// Microsoft nests the errors, and the innermost says most.
    private static func codes(_ error: JSON?, _ name: String?) -> [String] {
        var codes = [name].compactMap { $0 }
        var inner = error?["innerError"] ?? error?["innererror"]
        while let found = inner, codes.count < deepest {
            if let code = found["code"]?.text { codes.insert(code, at: 0) }
            inner = found["innerError"] ?? found["innererror"]
        }
        return codes.map { $0.lowercased() }
    }

    /// RFC 9110, section 10.2.3; Graph sends seconds, and a date says nothing here.
    private static func seconds(_ text: String) -> Duration? {
        let digits = text.utf8
        guard (1...6).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        return Int(text).map { .seconds($0) }
    }

    private static func lines(
        _ response: HTTPSResponse,
        hasError: Bool,
        _ transcript: TokenTranscript,
        _ words: String
    ) -> [String] {
        let names = ["request-id", "client-request-id", "retry-after", "www-authenticate"]
        let head = names.compactMap { name in
            response.header(name).map { "\(name): \(transcript.text($0))" }
        }
        let count = response.body.reveal { $0.count }
        let body = hasError ? [words] : count == 0 ? [] : ["(\(count) bytes)"]
        return ["HTTP \(response.status)"] + head + body
    }

    /// Graph's frontends name every request; other things that answer do not.
    private var isOfGraph: Bool { requestID != nil || !codes.isEmpty }

    /// The words, or the status where there are none.
    var reason: String { words.utf8.isEmpty ? "it answered with the status \(status)" : words }

    /// What became of the message.
    enum Fate: Sendable {
        case accepted
        /// Surely not accepted.
        case refused(AdviceEntry)
        /// Surely not accepted, and worth another try.
        case later(AdviceEntry)
        case unknown(AdviceEntry)
    }

    /// Decides what the answer means; `hasPermission` says what the token has.
    ///
    /// A gateway that gave up waiting, or a fault in the middle of the work, leaves it open:
    /// messages have been delivered after 500, 502 and 504.
    func fate(hasPermission: Bool) -> Fate {
        switch status {
        case 202: return .accepted
        case 200..<300: return .unknown(.unexpected)
        case 502, 504: return .unknown(.gaveUp)
        default: break
        }
        if let known = known(hasPermission) {
            let isLater = known.code == .graphThrottled || known.code == .graphUnavailable
            guard isLater else { return .refused(known) }
            // Whatever it says of being busy, it may have begun.
            return status == 500 ? .unknown(.gaveUp) : .later(known)
        }
        switch status {
        case 401: return isOfGraph ? .refused(.tokenRejected) : .refused(.response)
        case 403 where isOfGraph: return .refused(.denied(hasPermission: hasPermission))
        case 413: return .refused(.tooLarge)
        case 429: return .later(.throttled)
        case 503: return .later(.unavailable)
        case 507: return .refused(.quotaExceeded)
        case 509: return .refused(.throttled)
        case 501: return .refused(.refused)
        case 500...: return .unknown(.gaveUp)
        default: return .refused(isOfGraph ? .refused : .response)
        }
    }

    private func known(_ hasPermission: Bool) -> AdviceEntry? {
        let text = Array(message.lowercased().utf8)
        let spoken = AdviceEntry.byWords.first { text.firstRange(of: $0.words.utf8) != nil }
        if let spoken { return spoken.advice }
        let denials = ["erroraccessdenied", "accessdenied", "authorization_requestdenied"]
        if codes.contains(where: denials.contains) {
            return .denied(hasPermission: hasPermission)
        }
        return codes.lazy.compactMap { AdviceEntry.byCode[$0] }.first
    }
}

extension String {
    /// Without blanks and full stops at the end, as a part of a sentence.
    var trimmed: String {
        var bytes = utf8[...]
        while let last = bytes.last, last == 0x20 || last == 0x2E { bytes = bytes.dropLast() }
        return String(Substring(bytes))
    }
}
