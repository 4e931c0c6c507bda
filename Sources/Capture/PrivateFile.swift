import Glibc

/// Files that only their owner may read.
enum PrivateFile {
    /// Writes a new file; refuses one that is there.
    static func write(_ bytes: [UInt8], to path: String) throws(CaptureError) {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw CaptureError(kind: .write, number: errno) }
        defer { close(descriptor) }
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes {
                unsafe Glibc.write(
                    descriptor,
                    $0.baseAddress.map { unsafe $0 + written },
                    $0.count - written
                )
            }
            if count >= 0 {
                written += count
            } else if errno != EINTR {
                throw CaptureError(kind: .write, number: errno)
            }
        }
    }

    /// The first `limit` bytes and the size of the file; nil when there is none.
    static func read(
        _ path: String,
        atMost limit: Int
    ) throws(CaptureError) -> (bytes: [UInt8], size: Int)? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw CaptureError(kind: .read, number: errno)
        }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else {
            throw CaptureError(kind: .read, number: errno)
        }
        let size = Int(status.st_size)
        var bytes = [UInt8](repeating: 0, count: min(size, limit))
        var filled = 0
        while filled < bytes.count {
            let count = unsafe bytes.withUnsafeMutableBytes {
                unsafe Glibc.read(
                    descriptor,
                    $0.baseAddress.map { unsafe $0 + filled },
                    $0.count - filled
                )
            }
            if count == 0 { break }
            if count > 0 {
                filled += count
            } else if errno != EINTR {
                throw CaptureError(kind: .read, number: errno)
            }
        }
        bytes.removeLast(bytes.count - filled)
        return (bytes, size)
    }
}
