import Glibc

/// The folder of a key file, locked against others who change the file, until it is closed.
struct KeyFolder {
    private let descriptor: Int32
    private let path: String
    private let name: String
    /// The file while it is written; one that a killed command left is written anew.
    private var unfinished: String { ".\(name).new" }

    init(of path: String) throws {
        self.path = path
        let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
        name = slash.map { String(path[path.utf8.index(after: $0)...]) } ?? path
        let folder = slash.map { String(path[...$0]) } ?? "."
        descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.unwritable(path) }
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else {
                let error = Self.unwritable(path)
                close()
                throw error
            }
        }
    }

    func close() {
        Glibc.close(descriptor)
    }

    /// Writes the file, lasting, for its owner only; `owner` nil: where none is yet.
    ///
    /// Throws: `refusedKeyChange` when one is there and `owner` is nil, `unwritableKeyFile`.
    func put(_ text: SecretBytes, owner: (uid_t, gid_t)?) throws {
        unlinkat(descriptor, unfinished, 0)
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let file = openat(descriptor, unfinished, flags, 0o600)
        guard file >= 0 else { throw Self.unwritable(path) }
        do {
            defer { Glibc.close(file) }
            try write(text, to: file, owner: owner)
            try take(replacing: owner != nil)
        } catch {
            unlinkat(descriptor, unfinished, 0)
            throw error
        }
        fsync(descriptor)
    }

    private func write(_ text: SecretBytes, to file: Int32, owner: (uid_t, gid_t)?) throws {
        if let (user, group) = owner, user != geteuid() || group != getegid() {
            guard fchown(file, user, group) == 0 else { throw Self.unwritable(path) }
        }
        try text.withPointer { bytes in
            var written = 0
            while written < bytes.count {
                let count = Glibc.write(
                    file,
                    bytes.baseAddress?.advanced(by: written),
                    bytes.count - written
                )
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { throw Self.unwritable(path) }
                written += count
            }
        }
        guard fchmod(file, 0o600) == 0, fsync(file) == 0 else { throw Self.unwritable(path) }
    }

    /// Gives the finished file its name.
    private func take(replacing: Bool) throws {
        if replacing {
            guard renameat(descriptor, unfinished, descriptor, name) == 0 else {
                throw Self.unwritable(path)
            }
            return
        }
        // Unlike a renaming, a link never takes another file's place.
        guard linkat(descriptor, unfinished, descriptor, name, 0) == 0 else {
            guard errno == EEXIST else { throw Self.unwritable(path) }
            throw CryptographyError(.refusedKeyChange, "\(path) exists already")
        }
        unlinkat(descriptor, unfinished, 0)
    }

    private static func unwritable(_ path: String) -> CryptographyError {
        let reason = String(cString: strerror(errno))
        return CryptographyError(.unwritableKeyFile, "\(path): \(reason)")
    }
}
