import COpenSSL

/// Bytes that must not be shown: owned by one buffer that is cleansed when the last user lets go.
///
/// Printing, interpolating and dumping give a mark, encoding is impossible, and comparing takes the
/// same time wherever the difference is.
// Unchecked: the buffer is written during init only, and read until deinit.
package final class SecretBytes: @unchecked Sendable {
    private let buffer: UnsafeMutableRawBufferPointer

    /// Copies `bytes`; the caller's copy stays as it is.
    package convenience init(_ bytes: [UInt8]) {
        self.init(count: bytes.count) { $0.copyBytes(from: bytes) }
    }

    /// Takes the UTF-8 of `text`, byte for byte; nothing is normalised.
    package convenience init(_ text: String) {
        self.init(count: text.utf8.count) { $0.copyBytes(from: text.utf8) }
    }

    /// Takes over `bytes` and cleanses and empties the caller's array.
    package convenience init(taking bytes: inout [UInt8]) {
        self.init(bytes)
        bytes.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) }
        bytes = []
    }

    /// Lets `fill` write all of the `count` zeroed bytes in place.
    init(
        count: Int,
        filledBy fill: (UnsafeMutableRawBufferPointer) throws -> Void
    ) rethrows {
        buffer = .allocate(byteCount: count, alignment: 16)
        buffer.initializeMemory(as: UInt8.self, repeating: 0)
        try fill(buffer)
    }

    deinit {
        OPENSSL_cleanse(buffer.baseAddress, buffer.count)
        buffer.deallocate()
    }

    package var count: Int { buffer.count }
    package var isEmpty: Bool { buffer.isEmpty }

    /// Hands the bytes to `body` without copying them; they are valid during the call only.
    package func withBytes<Result, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(Span(_unsafeBytes: UnsafeRawBufferPointer(buffer)))
    }

    /// A plain copy, which nothing cleanses: for the moment of use only, never to be stored.
    package func reveal() -> [UInt8] {
        withPointer { Array($0) }
    }

    func withPointer<Result>(
        _ body: (UnsafeRawBufferPointer) throws -> Result
    ) rethrows -> Result {
        try body(UnsafeRawBufferPointer(buffer))
    }
}

extension SecretBytes: Equatable {
    package static func == (left: SecretBytes, right: SecretBytes) -> Bool {
        left.count == right.count
            && CRYPTO_memcmp(left.buffer.baseAddress, right.buffer.baseAddress, left.count) == 0
    }
}

extension SecretBytes: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "[redacted]" }
    package var debugDescription: String { "[redacted]" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
