package import EmailSettings
package import MicrosoftGraph
package import Outbound
package import SMTP
package import Sockets

/// Runs the conversations of tests within the rules of the installation's network.
package struct TestEngine: Sendable {
    /// For relays that tenants name, within the egress policy.
    package let tenants: Engine
    /// For the platform's own relay.
    package let platform: Engine
    private let tenantsGraph: GraphEngine
    private let platformGraph: GraphEngine

    /// `egress` judges the relays that tenants name; the platform's own relay is exempt.
    ///
    /// Where they may have public addresses only, no proxy gets a name to resolve: each address is
    /// judged here. `blocking` has the threads for sign-ins that compute long or wait for other
    /// servers.
    package init(
        resolver: any Resolving = Resolver(),
        egress: EgressPolicy,
        blocking: BlockingPool,
        proxyEnvironment: ProxyEnvironment = ProxyEnvironment([:]),
        graph: GraphEndpoints = .microsoft,
        trustedCertificates: [UInt8] = []
    ) {
        tenants = Engine(
            resolver: resolver,
            egress: { egress.decision($0) },
            blocking: blocking,
            proxyEnvironment: proxyEnvironment,
            allowsRemoteNames: egress == .everything
        )
        platform = Engine(
            resolver: resolver,
            blocking: blocking,
            proxyEnvironment: proxyEnvironment
        )
        tenantsGraph = GraphEngine(
            https: egress.client(
                resolver: resolver,
                blocking: blocking,
                trustedCertificates: trustedCertificates
            ),
            proxyEnvironment: proxyEnvironment,
            endpoints: graph
        )
        platformGraph = GraphEngine(
            https: HTTPSClient(
                resolver: resolver,
                blocking: blocking,
                trustedCertificates: trustedCertificates
            ),
            proxyEnvironment: proxyEnvironment,
            endpoints: graph
        )
    }

    package func graph(for settings: EffectiveSettings) -> GraphEngine {
        settings.usesPlatformRelay ? platformGraph : tenantsGraph
    }

    package func engine(for settings: EffectiveSettings) -> Engine {
        settings.usesPlatformRelay ? platform : tenants
    }
}
