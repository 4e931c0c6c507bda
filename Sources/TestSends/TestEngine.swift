import EmailSettings
package import Outbound
import SMTP
package import Sockets

/// Runs the conversations of tests within the rules of the installation's network.
package struct TestEngine: Sendable {
    private let tenants: Engine
    private let platform: Engine

    /// `egress` judges the relays that tenants name; the platform's own relay is exempt.
    ///
    /// Where they may have public addresses only, no proxy gets a name to resolve: each address is
    /// judged here.
    package init(
        resolver: any Resolving = Resolver(),
        egress: EgressPolicy,
        proxyEnvironment: ProxyEnvironment = ProxyEnvironment([:])
    ) {
        tenants = Engine(
            resolver: resolver,
            egress: { egress.decision($0) },
            proxyEnvironment: proxyEnvironment,
            allowsRemoteNames: egress == .everything
        )
        platform = Engine(resolver: resolver, proxyEnvironment: proxyEnvironment)
    }

    func engine(for settings: EffectiveSettings) -> Engine {
        settings.usesPlatformRelay ? platform : tenants
    }
}
