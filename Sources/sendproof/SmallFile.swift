import Glibc

/// Reads small files whole: secrets, settings.
enum SmallFile {
    /// Throws: `CommandFailure` that names the file.
    static func read(_ path: String, limit: Int) throws -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw CommandFailure("Cannot read \(path): \(unsafe String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = unsafe chunk.withUnsafeMutableBytes {
                unsafe Glibc.read(descriptor, $0.baseAddress, $0.count)
            }
            guard count > 0 else { break }
            bytes.append(contentsOf: chunk.prefix(count))
            guard bytes.count <= limit else {
                throw CommandFailure("\(path) is larger than \(limit) bytes.")
            }
        }
        return bytes
    }

    /// Writes a file only its owner can read; refuses to replace one.
    static func writePrivate(_ bytes: [UInt8], to path: String, replacing: Bool = false) throws {
        let flags = O_WRONLY | O_CREAT | O_CLOEXEC | (replacing ? O_TRUNC : O_EXCL)
        let descriptor = unsafe open(path, flags, 0o600)
        guard descriptor >= 0 else {
            throw CommandFailure(
                "Cannot write \(path): \(unsafe String(cString: strerror(errno)))"
            )
        }
        defer { close(descriptor) }
        let written = unsafe bytes.withUnsafeBytes {
            unsafe write(descriptor, $0.baseAddress, $0.count)
        }
        guard written == bytes.count else {
            throw CommandFailure("Cannot write all of \(path).")
        }
    }

    /// The text without the line end that editors leave.
    static func withoutLineEnd(_ bytes: [UInt8]) -> String {
        var bytes = bytes[...]
        while bytes.last == 0x0A || bytes.last == 0x0D { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }
}
