package import Outbound

/// The name that an authorization server gives itself in its answer (RFC 9207).
package enum Issuer {
    /// Those of servers that are known, by the host of the authorization URL.
    private static let known = ["accounts.google.com": "https://accounts.google.com"]

    /// Whether `issuer` can be the server whose authorization endpoint is at `url`.
    ///
    /// A known server's must be the very same text, as section 2.4 demands. Of others only the
    /// endpoints are known, not the metadata: scheme, host and port must be those of `url`, since
    /// the answer of another server is what the parameter is there to tell.
    package static func isPlausible(_ issuer: String, of url: HTTPSURL) -> Bool {
        if let name = known[url.host], url.port == 443 {
            return issuer.utf8.elementsEqual(name.utf8)
        }
        // RFC 8414, section 2: without query and fragment, which no HTTPSURL has.
        guard let named = HTTPSURL(issuer), !issuer.utf8.contains(0x3F) else { return false }
        return named.isSecure == url.isSecure && named.host == url.host && named.port == url.port
    }
}
