import Glibc

extension MasterKeyRing {
    /// A key file is small; anything larger is another file.
    private static let maximumFileLength: off_t = 65_536

    /// Reads the key file at `path`, blocking.
    ///
    /// Throws `exposedKeyFile` when group or others may do anything with it (a systemd credential
    /// passes), `unreadableKeyFile` with the system's reason, or `invalidKeyFile`.
    package static func load(path: String) throws -> MasterKeyRing {
        try parse(text(of: path), path: path)
    }

    /// Reads the text of a key file, naming the file in errors.
    static func parse(_ text: SecretBytes, path: String) throws -> MasterKeyRing {
        do {
            return try MasterKeyRing(parsing: text)
        } catch let error as CryptographyError {
            throw CryptographyError(error.kind, "\(path): \(error.detail)")
        }
    }

    /// The text of a key file that only its owner can use.
    static func text(of path: String) throws -> SecretBytes {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw unreadable(path, reason(errno)) }
        defer { close(descriptor) }
        let length = try checkedLength(of: descriptor, path: path)
        return try SecretBytes(count: length) { buffer in
            var filled = 0
            while filled < buffer.count {
                let count = read(
                    descriptor,
                    buffer.baseAddress?.advanced(by: filled),
                    buffer.count - filled
                )
                if count < 0, errno == EINTR { continue }
                guard count > 0 else {
                    throw unreadable(path, count == 0 ? "it became shorter" : reason(errno))
                }
                filled += count
            }
        }
    }

    /// The length of the open file, so that nobody can exchange it between check and reading.
    private static func checkedLength(of descriptor: Int32, path: String) throws -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw unreadable(path, reason(errno)) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw unreadable(path, "not a file") }
        guard !isExposed(status, user: geteuid()) else {
            let mode = String(status.st_mode & 0o777, radix: 8)
            throw CryptographyError(
                .exposedKeyFile,
                "\(path) has mode \(mode), so that others than its owner can use it; chmod 600 it"
            )
        }
        guard status.st_size <= maximumFileLength else {
            throw unreadable(path, "more than \(maximumFileLength) bytes")
        }
        return Int(status.st_size)
    }

    /// Whether others than the owner can use the file.
    ///
    /// A systemd credential belongs to root and lets the service's user in by an access list, which
    /// the mode shows as 0440; its group is root's, so that nobody else gets in by that.
    static func isExposed(_ status: stat, user: uid_t) -> Bool {
        let isCredential =
            status.st_mode & 0o777 == 0o440 && status.st_uid == 0 && status.st_gid == 0 && user != 0
        return status.st_mode & 0o077 != 0 && !isCredential
    }

    private static func reason(_ number: Int32) -> String {
        String(cString: strerror(number))
    }

    private static func unreadable(_ path: String, _ reason: String) -> CryptographyError {
        CryptographyError(.unreadableKeyFile, "\(path): \(reason)")
    }
}
