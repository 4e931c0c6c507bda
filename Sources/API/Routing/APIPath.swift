/// The address of everything in the API; they mirror those of the pages.
package enum APIPath: String, CaseIterable, Sendable {
    case links = "/api/v1"
    case openAPI = "/api/v1/openapi.json"
    case tenants = "/api/v1/tenants"
    case tenant = "/api/v1/t/{t}"
    case branding = "/api/v1/t/{t}/email/branding"
    case profiles = "/api/v1/t/{t}/email/profiles"
    case profile = "/api/v1/t/{t}/email/profiles/{id}"
    case activation = "/api/v1/t/{t}/email/profiles/{id}/activation"
    case duplicate = "/api/v1/t/{t}/email/profiles/{id}/duplicate"
    case export = "/api/v1/t/{t}/email/profiles/{id}/export"
    case versions = "/api/v1/t/{t}/email/profiles/{id}/versions"
    case version = "/api/v1/t/{t}/email/profiles/{id}/versions/{number}"
    case tests = "/api/v1/t/{t}/tests"
    case test = "/api/v1/t/{t}/tests/{id}"
    case testEvents = "/api/v1/t/{t}/tests/{id}/events"
    case testCancel = "/api/v1/t/{t}/tests/{id}/cancel"
    case messages = "/api/v1/t/{t}/messages"
    case messagesRetry = "/api/v1/t/{t}/messages/retry"
    case message = "/api/v1/t/{t}/messages/{id}"
    case messageRetry = "/api/v1/t/{t}/messages/{id}/retry"
    case messageCancel = "/api/v1/t/{t}/messages/{id}/cancel"
    case certificates = "/api/v1/t/{t}/certificates"
    case certificate = "/api/v1/t/{t}/certificates/{id}"
    case secrets = "/api/v1/t/{t}/secrets"
    case secret = "/api/v1/t/{t}/secrets/{id}"
    case secretTest = "/api/v1/t/{t}/secrets/{id}/test"
    case providers = "/api/v1/t/{t}/providers"
    case provider = "/api/v1/t/{t}/providers/{id}"
    case providerTest = "/api/v1/t/{t}/providers/{id}/test"
    case providerKeys = "/api/v1/t/{t}/providers/{id}/keys"
    case providerEntries = "/api/v1/t/{t}/providers/{id}/entries"
    case providerEntry = "/api/v1/t/{t}/providers/{id}/entries/{entry}"
    case expirations = "/api/v1/t/{t}/expirations"
    case audit = "/api/v1/t/{t}/audit"

    /// The address with its parameters filled in, in their order.
    package func url(_ parameters: String...) -> String {
        var rest = parameters[...]
        let segments = rawValue.utf8.split(
            separator: UInt8(ascii: "/"),
            omittingEmptySubsequences: false
        )
        return segments.map { segment in
            let isParameter = segment.first == UInt8(ascii: "{")
            return isParameter ? rest.popFirst() ?? "" : String(decoding: segment, as: UTF8.self)
        }.joined(separator: "/")
    }

    /// The names in braces, in their order.
    var parameters: [String] {
        rawValue.utf8.split(separator: UInt8(ascii: "/"))
            .filter { $0.first == UInt8(ascii: "{") }
            .map { String(decoding: $0.dropFirst().dropLast(), as: UTF8.self) }
    }
}
