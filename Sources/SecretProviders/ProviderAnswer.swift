import OAuth
import Observability
import Outbound

/// What a provider answered to one request.
struct ProviderAnswer: Sendable {
    let status: Int
    /// In lower case, without parameters; empty for none.
    let contentType: String
    let body: Redacted<[UInt8]>
    /// Nil for what is no JSON.
    let json: VaultJSON?
    let retryAfter: Int?
    let location: String?

    /// Members of errors, which are shown whatever the request was.
    private static let ofErrors = [
        "errors", "warnings", "message", "errorCode", "ErrorCode", "ErrorMsg", "error",
        "error_description", "error.code", "error.message", "error.innererror.code",
    ]

    init(_ response: HTTPSResponse) {
        status = response.status
        let type = response.header("content-type")?.utf8.prefix { $0 != 0x3B && $0 != 0x20 }
        contentType = String(decoding: Array(type ?? "".utf8[...]), as: UTF8.self).lowercased()
        body = response.body
        json = VaultJSON(response.body)
        retryAfter = response.header("retry-after").flatMap { Int($0) }
        location = response.header("location").map(ServerWords.clean)
    }

    var isSuccess: Bool { (200..<300).contains(status) }

    /// The member that `path` with dots leads to.
    subscript(path: String) -> VaultJSON? {
        let names = path.utf8.split(separator: UInt8(ascii: "."))
        return names.reduce(json) { found, name in
            found?[String(decoding: name, as: UTF8.self)]
        }
    }

    /// The JSON of an answer that must be some.
    ///
    /// Throws: pages, and whatever else a gateway puts in the vault's place, whatever the status
    /// says.
    func object() throws(ProviderFailure) -> VaultJSON {
        if isPage { throw ProviderFailure(ProviderAdvice.response, "it is a page in HTML") }
        guard let json else {
            throw ProviderFailure(
                ProviderAdvice.response,
                contentType.isEmpty
                    ? "it is no JSON" : "it is no JSON but \(ServerWords.clean(contentType))"
            )
        }
        return json
    }

    /// Some vaults say 200 with a page of HTML when something is wrong.
    var isPage: Bool {
        contentType == "text/html" || contentType == "application/xhtml+xml"
            || json == nil && body.reveal { $0.first { $0 > 0x20 } == UInt8(ascii: "<") }
    }

    /// Fit to be shown: the status, and of the body what is known to be no secret.
    func lines(showing paths: [String], _ words: ServerWords) -> [String] {
        var lines = ["HTTP \(status)"]
        if let retryAfter { lines.append("Retry-After: \(retryAfter)") }
        if let location { lines.append("Location: \(words.text(location))") }
        if json == nil, !contentType.isEmpty {
            lines.append("Content-Type: \(words.text(contentType))")
        }
        for path in paths + (isSuccess ? [] : Self.ofErrors) {
            guard let value = self[path]?.shown, !value.isEmpty else { continue }
            lines.append("\(path): \(words.text(value))")
        }
        let count = body.reveal(\.count)
        if count > 0 { lines.append("(\(count) bytes, \(ServerWords.mark))") }
        return lines
    }
}
