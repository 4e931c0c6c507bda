import Glibc

/// The folder that holds one file for each captured message; every call blocks.
struct CaptureFolder: Sendable {
    let path: String

    /// Messages kept; the oldest go first.
    static let capacity = 500
    private static let suffix = ".eml"
    private static let temporaryPrefix = ".incoming-"

    /// Makes the folder, for its owner only, and removes what a crash left half written.
    func prepare() throws(CaptureError) {
        guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw CaptureError(kind: .folder, number: errno)
        }
        guard unsafe chmod(path, 0o700) == 0 else {
            throw CaptureError(kind: .folder, number: errno)
        }
        for name in try names() where name.utf8.starts(with: Self.temporaryPrefix.utf8) {
            unsafe unlink("\(path)/\(name)")
        }
    }

    /// Keeps a message: whole or not at all, but not yet safe from a power cut.
    func write(_ bytes: [UInt8], id: CapturedID) throws(CaptureError) {
        let temporary = "\(path)/\(Self.temporaryPrefix)\(id.text)"
        do throws(CaptureError) {
            try PrivateFile.write(bytes, to: temporary)
            guard unsafe rename(temporary, file(id)) == 0 else {
                throw CaptureError(kind: .write, number: errno)
            }
        } catch {
            unsafe unlink(temporary)
            throw error
        }
        try removeOldest()
    }

    private func removeOldest() throws(CaptureError) {
        // Counted first: reading 500 ids for every message would cost more than writing it.
        guard try names().count > Self.capacity else { return }
        for old in try ids().dropLast(Self.capacity) { unsafe unlink(file(old)) }
    }

    /// The ids of the messages, the oldest first; none when there is no folder.
    func ids() throws(CaptureError) -> [CapturedID] {
        try names().compactMap { name in
            let stem = name.utf8.dropLast(Self.suffix.utf8.count)
            guard name.utf8.dropFirst(stem.count).elementsEqual(Self.suffix.utf8) else {
                return nil
            }
            return CapturedID(String(decoding: stem, as: UTF8.self))
        }.sorted()
    }

    /// The first bytes of a message and the size of all of it; nil when it is gone.
    func read(
        _ id: CapturedID,
        atMost limit: Int
    ) throws(CaptureError) -> (bytes: [UInt8], size: Int)? {
        try PrivateFile.read(file(id), atMost: limit)
    }

    private func file(_ id: CapturedID) -> String { "\(path)/\(id.text)\(Self.suffix)" }

    private func names() throws(CaptureError) -> [String] {
        guard let folder = unsafe opendir(path) else {
            if errno == ENOENT { return [] }
            throw CaptureError(kind: .folder, number: errno)
        }
        defer { unsafe closedir(folder) }
        var names: [String] = []
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) {
                unsafe Array($0.prefix { $0 != 0 })
            }
            // Neither the folder itself nor its parent.
            guard !name.elementsEqual(".".utf8), !name.elementsEqual("..".utf8) else { continue }
            names.append(String(decoding: name, as: UTF8.self))
        }
        return names
    }
}
