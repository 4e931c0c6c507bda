import Glibc
import Observability

/// Reads a folder of files into memory.
enum FolderReader {
    /// A file with its path relative to the folder.
    struct Entry {
        let path: String
        let bytes: [UInt8]
    }

    /// The most bytes all files may have together.
    static let sizeLimit = 64 << 20

    /// Every regular file below `folder`; names that begin with a dot are left out.
    static func read(_ folder: String) throws(StaticFilesError) -> [Entry] {
        var entries: [Entry] = []
        var size = 0
        var pending = [""]
        while let prefix = pending.popLast() {
            for name in try names(folder + "/" + prefix) where name.utf8.first != Byte.dot {
                let path = prefix + name
                if try isFolder(folder + "/" + path) {
                    pending.append(path + "/")
                    continue
                }
                let bytes = try contents(folder + "/" + path)
                size += bytes.count
                guard size <= sizeLimit else { throw StaticFilesError(.tooLarge, path: folder) }
                entries.append(Entry(path: path, bytes: bytes))
            }
        }
        return entries
    }

    private static func names(_ folder: String) throws(StaticFilesError) -> [String] {
        guard let handle = unsafe opendir(folder) else {
            throw StaticFilesError(.unreadable, path: folder)
        }
        defer { unsafe _ = closedir(handle) }
        var names: [String] = []
        while let entry = unsafe readdir(handle) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe String(
                    cString: UnsafeRawPointer(pointer).assumingMemoryBound(to: CChar.self)
                )
            }
            names.append(name)
        }
        return names
    }

    private static func isFolder(_ path: String) throws(StaticFilesError) -> Bool {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else {
            throw StaticFilesError(.unreadable, path: path)
        }
        return status.st_mode & S_IFMT == S_IFDIR
    }

    private static func contents(_ path: String) throws(StaticFilesError) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw StaticFilesError(.unreadable, path: path) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while bytes.count <= sizeLimit {
            let count = unsafe piece.withUnsafeMutableBytes {
                unsafe Glibc.read(descriptor, $0.baseAddress, $0.count)
            }
            guard count >= 0 else { throw StaticFilesError(.unreadable, path: path) }
            if count == 0 { break }
            bytes.append(contentsOf: piece[..<count])
        }
        return bytes
    }
}

/// Why the static files cannot be served.
package struct StaticFilesError: ExplainedError, Equatable {
    package enum Kind: String, Sendable { case unreadable, missing, tooLarge }

    package let kind: Kind
    package let path: String

    init(_ kind: Kind, path: String) {
        self.kind = kind
        self.path = path
    }

    package var code: String { "http.files.\(kind.rawValue)" }
    package var userText: String { "A part of this page is missing on the server." }
    package var operatorText: String {
        switch kind {
        case .unreadable: "cannot read \(path)"
        case .missing: "there is no file \(path)"
        case .tooLarge: "the files of \(path) are more than 64 MiB"
        }
    }
}
