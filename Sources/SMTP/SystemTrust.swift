import Sockets
import Synchronization

/// The context that trusts what the system trusts; reading the system's store takes tens of
/// milliseconds, so that runs share it for a while.
final class SystemTrust: Sendable {
    /// After this long the store is read again: administrators add authorities.
    static let lifetime: Duration = .seconds(600)

    private struct Loaded {
        let context: TLSContext
        let until: Deadline
    }

    private let loaded = Mutex<Loaded?>(nil)

    /// Throws: `TLSError` when the store cannot be read.
    func context() throws(TLSError) -> TLSContext {
        if let loaded = loaded.withLock({ $0 }), !loaded.until.hasPassed { return loaded.context }
        let context = try TLSContext.client()
        loaded.withLock { $0 = Loaded(context: context, until: .after(Self.lifetime)) }
        return context
    }
}
