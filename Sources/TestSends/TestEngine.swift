import EmailSettings
import SMTP
package import Sockets

/// Runs the conversations of tests within the rules of the installation's network.
package struct TestEngine: Sendable {
    private let tenants: Engine
    private let platform: Engine

    /// `egress` judges the relays that tenants name; the platform's own relay is exempt.
    package init(resolver: any Resolving = Resolver(), egress: EgressPolicy) {
        tenants = Engine(resolver: resolver, egress: { egress.decision($0) })
        platform = Engine(resolver: resolver)
    }

    func engine(for settings: EffectiveSettings) -> Engine {
        settings.usesPlatformRelay ? platform : tenants
    }
}
