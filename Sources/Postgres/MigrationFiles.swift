import Glibc

/// Reads a folder of `0001_name.sql` files.
enum MigrationFiles {
    /// The largest file that is read.
    private static let largestFile = 4 << 20

    /// All migrations of `folder`, in order.
    ///
    /// Throws: `migration` when the folder cannot be read, a name is not of the form above, or the
    /// numbers do not run from 1 without gaps.
    static func read(
        _ folder: String,
        hash: ([UInt8]) -> [UInt8]
    ) throws(PostgresError) -> [Migration] {
        var migrations: [Migration] = []
        for file in try names(in: folder) {
            guard let number = number(of: file) else {
                throw PostgresError(.migration, "\(file) is not named like 0001_name.sql")
            }
            guard number == migrations.count + 1 else {
                throw PostgresError(
                    .migration,
                    "\(file) follows number \(migrations.count): numbers have no gaps or doubles"
                )
            }
            let bytes = try contents(of: folder + "/" + file)
            guard let script = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
                throw PostgresError(.migration, "\(file) is not UTF-8 text")
            }
            migrations.append(
                Migration(
                    number: number,
                    name: String(file.dropLast(4)),
                    script: script,
                    checksum: Hexadecimal.text(hash(bytes))
                )
            )
        }
        return migrations
    }

    private static func names(in folder: String) throws(PostgresError) -> [String] {
        guard let directory = opendir(folder) else {
            throw PostgresError(.migration, "\(folder): \(String(cString: strerror(errno)))")
        }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = Glibc.readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name.utf8.suffix(4).elementsEqual(".sql".utf8) { names.append(name) }
        }
        return names.sorted()
    }

    /// The number of `0001_name.sql`; the name has letters, digits and `_`.
    private static func number(of file: String) -> Int? {
        let stem = Array(file.utf8.dropLast(4))
        let isName = stem.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "_"):
                true
            default: false
            }
        }
        guard isName, stem.count > 5, stem[4] == UInt8(ascii: "_") else { return nil }
        return Int(String(decoding: stem[..<4], as: UTF8.self))
    }

    private static func contents(of path: String) throws(PostgresError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw PostgresError(.migration, "\(path): \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            guard count >= 0, bytes.count + count <= largestFile else {
                throw PostgresError(.migration, "\(path) cannot be read or is too large")
            }
            if count == 0 { return bytes }
            bytes.append(contentsOf: buffer[..<count])
        }
    }
}
