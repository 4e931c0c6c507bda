import EmailSettings
import SMTP
package import Sockets

/// Runs the conversations of tests within the rules of the installation's network.
package struct TestEngine: Sendable {
    private let tenants: Engine
    private let platform: Engine

    /// `egress` judges the relays that tenants name; the platform's own relay is exempt.
    ///
    /// `blocking` has the threads for sign-ins that compute long or wait for other servers.
    package init(
        resolver: any Resolving = Resolver(),
        egress: EgressPolicy,
        blocking: BlockingPool
    ) {
        tenants = Engine(
            resolver: resolver,
            egress: { egress.decision($0) },
            blocking: blocking
        )
        platform = Engine(resolver: resolver, blocking: blocking)
    }

    func engine(for settings: EffectiveSettings) -> Engine {
        settings.usesPlatformRelay ? platform : tenants
    }
}
