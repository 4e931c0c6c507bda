import Sockets

/// The threads that wait for other people's servers, apart by what they wait for: vaults that never
/// answer keep neither tokens nor webhooks waiting, nor these each other.
struct RequestPools: Sendable {
    /// For access tokens.
    let tokens = BlockingPool(threads: 8, queueLimit: 256)
    /// For PAMs and vaults, with what is signed in to for them.
    let providers = BlockingPool(threads: 8, queueLimit: 256)
    /// For warnings of what ends.
    let webhooks = BlockingPool(threads: 4, queueLimit: 256)

    func stop() {
        tokens.stop()
        providers.stop()
        webhooks.stop()
    }
}
