import Glibc

/// An open file or folder, closed when its user is done.
struct LogDescriptor: ~Copyable {
    let number: Int32

    /// Opens a folder by its path; the last part may be a link that the operator made.
    init(folder path: String) throws(TraceLogError) {
        number = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard number >= 0 else { throw TraceLogError(.folder, number: errno) }
    }

    /// Opens `name` inside `folder`, never through a link.
    ///
    /// Throws: `missing` when `flags` make none and there is none.
    init(
        _ name: String,
        in folder: borrowing LogDescriptor,
        _ flags: Int32,
        failure: TraceLogError.Kind
    ) throws(TraceLogError) {
        let all = flags | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK
        number = unsafe openat(folder.number, name, all, 0o600)
        guard number >= 0 else {
            let isOther = errno == ELOOP || errno == EISDIR || errno == ENXIO || errno == ENOTDIR
            throw TraceLogError(isOther ? .notAFile : failure, number: errno)
        }
    }

    deinit {
        // A descriptor that did not open has nothing to close.
        if number >= 0 { close(number) }
    }

    /// Size and the time of the last change, in seconds since 1970, of a plain file of its own.
    ///
    /// Throws: `notAFile` for anything else, such as one that has another name too.
    func plainFile() throws(TraceLogError) -> (size: Int, changed: Int64) {
        var status = stat()
        guard unsafe fstat(number, &status) == 0 else {
            throw TraceLogError(.read, number: errno)
        }
        guard status.st_mode & S_IFMT == S_IFREG, status.st_nlink <= 1 else {
            throw TraceLogError(.notAFile)
        }
        return (Int(status.st_size), Int64(status.st_mtim.tv_sec))
    }

    /// Waits until nobody else, in any process, holds the lock of this file.
    func lock() throws(TraceLogError) {
        while flock(number, LOCK_EX) != 0 {
            guard errno == EINTR else { throw TraceLogError(.write, number: errno) }
        }
    }

    /// Appends all bytes or none, in a file that only this process writes to now.
    func append(_ bytes: [UInt8], after size: Int) throws(TraceLogError) {
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes {
                unsafe Glibc.write(
                    number,
                    $0.baseAddress.map { unsafe $0 + written },
                    $0.count - written
                )
            }
            if count > 0 {
                written += count
            } else if count == 0 || errno != EINTR {
                let failure = errno
                // Half a line would be taken for a whole one.
                _ = ftruncate(number, off_t(size))
                throw TraceLogError(.write, number: failure)
            }
        }
    }

    /// At most `count` bytes from `offset` on.
    func read(_ count: Int, at offset: Int) throws(TraceLogError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let got = unsafe bytes.withUnsafeMutableBytes {
                unsafe pread(
                    number,
                    $0.baseAddress.map { unsafe $0 + filled },
                    $0.count - filled,
                    off_t(offset + filled)
                )
            }
            if got == 0 { break }
            if got > 0 {
                filled += got
            } else if errno != EINTR {
                throw TraceLogError(.read, number: errno)
            }
        }
        bytes.removeLast(count - filled)
        return bytes
    }

    /// The names in this folder.
    func names() throws(TraceLogError) -> [String] {
        let copy = unsafe openat(number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0, let folder = unsafe fdopendir(copy) else {
            throw TraceLogError(.folder, number: errno)
        }
        defer { unsafe closedir(folder) }
        var names: [String] = []
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) {
                unsafe Array($0.prefix { $0 != 0 })
            }
            names.append(String(decoding: name, as: UTF8.self))
        }
        return names
    }
}
