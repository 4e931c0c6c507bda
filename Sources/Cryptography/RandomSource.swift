import COpenSSL

/// Where random bytes come from: the system, or for tests a seed that repeats.
package struct RandomSource: Sendable {
    private enum Origin {
        case system
        case seeded(SeededStream)
    }

    private let origin: Origin

    /// libcrypto's generator, seeded and reseeded by the kernel.
    package static let system = RandomSource(origin: .system)

    /// The same bytes for the same seed, for tests only; copies share one stream.
    package static func seeded(_ seed: UInt64) -> RandomSource {
        RandomSource(origin: .seeded(SeededStream(seed: seed)))
    }

    /// Fresh bytes, fit for keys, nonces and tokens when the source is the system.
    package func bytes(count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        bytes.withUnsafeMutableBytes { fill($0) }
        return bytes
    }

    /// A secret of `count` fresh bytes that never lay in another buffer.
    package func secret(count: Int) -> SecretBytes {
        SecretBytes(count: count) { fill($0) }
    }

    /// A random text of `bytes` bytes in unpadded Base64 for addresses and cookies.
    package func token(bytes count: Int) -> String {
        Base64URL.encode(bytes(count: count))
    }

    private func fill(_ buffer: UnsafeMutableRawBufferPointer) {
        switch origin {
        case .system: Self.fillFromSystem(buffer)
        case .seeded(let stream): stream.fill(buffer)
        }
    }

    private static func fillFromSystem(_ buffer: UnsafeMutableRawBufferPointer) {
        guard let start = buffer.baseAddress, let count = Int32(exactly: buffer.count),
            RAND_bytes(start, count) == 1
        else { return fillFromKernel(buffer) }
    }

    /// The second way, equally strong: the kernel's generator byte by byte, which cannot fail.
    private static func fillFromKernel(_ buffer: UnsafeMutableRawBufferPointer) {
        ERR_clear_error()
        var generator = SystemRandomNumberGenerator()
        for index in buffer.indices {
            buffer[index] = generator.next()
        }
    }
}
