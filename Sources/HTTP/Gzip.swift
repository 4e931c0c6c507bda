import CZlib

/// Gzip, RFC 1952, for files that are compressed once.
enum Gzip {
    /// Compresses as well as zlib can; nil when zlib has no memory.
    static func compress(_ bytes: [UInt8]) -> [UInt8]? {
        var stream = unsafe z_stream()
        // A window of 15 bits, and 16 more to ask for the gzip format.
        let started = unsafe deflateInit2_(
            &stream,
            Z_BEST_COMPRESSION,
            Z_DEFLATED,
            15 + 16,
            9,
            Z_DEFAULT_STRATEGY,
            zlibVersion(),
            Int32(MemoryLayout<z_stream>.size)
        )
        guard started == Z_OK else { return nil }
        defer { unsafe _ = deflateEnd(&stream) }
        var input = bytes
        var output = unsafe [UInt8](
            repeating: 0,
            count: Int(deflateBound(&stream, UInt(bytes.count)))
        )
        // Both arrays outlive the call, and zlib writes at most the bound it named.
        let result = unsafe input.withUnsafeMutableBufferPointer { input in
            unsafe output.withUnsafeMutableBufferPointer { output in
                unsafe stream.next_in = input.baseAddress
                unsafe stream.avail_in = UInt32(input.count)
                unsafe stream.next_out = output.baseAddress
                unsafe stream.avail_out = UInt32(output.count)
                return unsafe deflate(&stream, Z_FINISH)
            }
        }
        guard result == Z_STREAM_END else { return nil }
        return unsafe Array(output.prefix(Int(stream.total_out)))
    }
}
