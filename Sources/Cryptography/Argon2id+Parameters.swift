extension Argon2id {
    /// What a hash costs (RFC 9106, section 3.1).
    package struct Parameters: Hashable, Sendable {
        /// Bounds that a stored hash must keep to as well, so that a planted one cannot
        /// exhaust the machine.
        package static let memoryRange: ClosedRange<UInt32> = 8...1_048_576
        package static let iterationsRange: ClosedRange<UInt32> = 1...10
        package static let parallelismRange: ClosedRange<UInt32> = 1...4

        /// Memory in KiB; at least eight for each lane.
        package let memoryKiB: UInt32
        /// Passes over the memory.
        package let iterations: UInt32
        /// Lanes, each with its own thread.
        package let parallelism: UInt32

        /// The default of the product: 64 MiB, three passes, one lane.
        package static let standard = Parameters()

        private init() {
            memoryKiB = 65_536
            iterations = 3
            parallelism = 1
        }

        /// Throws `refusedParameters` outside of the ranges.
        package init(memoryKiB: UInt32, iterations: UInt32, parallelism: UInt32) throws {
            guard Self.memoryRange.contains(memoryKiB),
                Self.iterationsRange.contains(iterations),
                Self.parallelismRange.contains(parallelism),
                memoryKiB >= 8 * parallelism
            else {
                let detail = "m=\(memoryKiB) t=\(iterations) p=\(parallelism)"
                throw CryptographyError(.refusedParameters, detail)
            }
            self.memoryKiB = memoryKiB
            self.iterations = iterations
            self.parallelism = parallelism
        }

        var byteCount: Int { Int(memoryKiB) * 1024 }
    }
}
