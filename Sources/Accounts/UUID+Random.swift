package import Cryptography
import Postgres

extension UUID {
    /// A random identifier, version 4.
    package init(random: RandomSource) {
        self.init(version4: random.bytes(count: 16))
    }
}
