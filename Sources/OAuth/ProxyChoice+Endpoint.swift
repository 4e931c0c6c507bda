package import Outbound
package import SMTP

extension ProxyChoice {
    /// The proxy on the way to `url`; nil: none.
    ///
    /// Throws: when the environment names one that cannot be used.
    package func proxy(
        to url: HTTPSURL,
        _ environment: ProxyEnvironment
    ) throws(OAuthFailure) -> Proxy? {
        switch self {
        case .none: return nil
        case .fixed(let proxy): return proxy
        case .environment:
            switch environment.choice(for: url.host, port: url.port) {
            case .none, .exempt: return nil
            case .proxy(let proxy, _): return proxy
            case .unusable(let variable):
                throw OAuthFailure(
                    .settings,
                    reason: "the environment variable \(variable) names no proxy that can be used"
                )
            }
        }
    }
}
