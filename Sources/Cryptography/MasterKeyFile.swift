import Glibc

/// Changes a key file as one step: a new file takes the place of the old one, or nothing happens.
///
/// Comments and empty lines stay. Who else changes the file at the same time waits.
package struct MasterKeyFile: Sendable {
    /// Where a new key stands.
    package enum Place: Sendable {
        /// It seals from now on.
        case first
        /// It opens only, until it is made the first.
        case last
    }

    package let path: String

    package init(path: String) {
        self.path = path
    }

    /// Makes the file with one line of `MasterKeyRing.generate`.
    ///
    /// Throws: `refusedKeyChange` when there is a file already, `unwritableKeyFile`.
    package func create(_ line: SecretBytes) throws {
        let folder = try KeyFolder(of: path)
        defer { folder.close() }
        try folder.put(line, owner: nil)
    }

    /// Adds a line of `MasterKeyRing.generate`.
    ///
    /// Throws: `refusedKeyChange` when the file has a key of that name.
    package func add(_ line: SecretBytes, at place: Place) throws {
        try change { lines in
            switch place {
            case .first: lines.insert(line, at: 0)
            case .last: lines.append(line)
            }
        }
    }

    /// Makes the key of that name the one that seals.
    package func activate(_ id: KeyID) throws {
        try change { lines in
            let index = try Self.index(of: id, in: lines)
            lines.insert(lines.remove(at: index), at: 0)
        }
    }

    /// Takes the key of that name out.
    ///
    /// Throws: `refusedKeyChange` when it is the one that seals.
    package func remove(_ id: KeyID) throws {
        try change { lines in
            let index = try Self.index(of: id, in: lines)
            let first = try lines.firstIndex { try Self.id(of: $0) != nil }
            guard index != first else { throw Self.refused("\(id) is the key that seals") }
            lines.remove(at: index)
        }
    }

    private func change(_ edit: (inout [SecretBytes]) throws -> Void) throws {
        let real = try Self.realPath(path)
        let folder = try KeyFolder(of: real)
        defer { folder.close() }
        let text = try MasterKeyRing.text(of: real)
        var lines = Self.lines(of: text)
        _ = try MasterKeyRing.parse(text, path: path)
        try edit(&lines)
        let changed = Self.joined(lines)
        do {
            _ = try MasterKeyRing(parsing: changed)
        } catch let error as CryptographyError {
            throw Self.refused("\(path) would not be valid any more: \(error.detail)")
        }
        try folder.put(changed, owner: Self.owner(of: real))
    }

    // MARK: - Lines

    private static func lines(of text: SecretBytes) -> [SecretBytes] {
        text.withPointer { text in
            var lines = text.split(separator: newLine, omittingEmptySubsequences: false)
            // What follows the last line's end is no line.
            if lines.last?.isEmpty == true { lines.removeLast() }
            return lines.map { line in
                SecretBytes(count: line.count) { $0.copyBytes(from: line) }
            }
        }
    }

    private static func joined(_ lines: [SecretBytes]) -> SecretBytes {
        let ends = lines.map { line in line.withPointer { $0.last == newLine } ? 0 : 1 }
        let count = lines.reduce(0) { $0 + $1.count } + ends.reduce(0, +)
        return SecretBytes(count: count) { text in
            var place = 0
            for (line, end) in zip(lines, ends) {
                line.withPointer { text[place...].copyBytes(from: $0) }
                place += line.count + end
                if end == 1 { text[place - 1] = newLine }
            }
        }
    }

    private static let newLine = UInt8(ascii: "\n")

    private static func id(of line: SecretBytes) throws -> KeyID? {
        try line.withPointer { try MasterKeyRing.entry($0[...], number: 0)?.0 }
    }

    private static func index(of id: KeyID, in lines: [SecretBytes]) throws -> Int {
        guard let index = try lines.firstIndex(where: { try Self.id(of: $0) == id }) else {
            throw refused("there is no key \(id) in it")
        }
        return index
    }

    // MARK: - The file

    /// The file itself, should `path` be a link to it.
    private static func realPath(_ path: String) throws -> String {
        guard let found = realpath(path, nil) else {
            throw CryptographyError(
                .unreadableKeyFile,
                "\(path): \(String(cString: strerror(errno)))"
            )
        }
        defer { free(found) }
        return String(cString: found)
    }

    private static func owner(of path: String) throws -> (uid_t, gid_t)? {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw CryptographyError(.unreadableKeyFile, path)
        }
        return (status.st_uid, status.st_gid)
    }

    static func refused(_ reason: String) -> CryptographyError {
        CryptographyError(.refusedKeyChange, reason)
    }
}
