import Glibc

/// Reads the template files of a folder and of the folders in it.
enum TemplateFolder {
    private static let suffix = ".mustache"
    private static let largestFile = 1 << 20

    static func read(_ folder: String) throws(TemplateError) -> [String: [UInt8]] {
        var sources: [String: [UInt8]] = [:]
        do throws(TemplateFinding) {
            try collect(folder, prefix: "", into: &sources)
        } catch {
            throw TemplateError(.unreadable, [error])
        }
        guard !sources.isEmpty else {
            let message = "there is no template (*\(suffix)) in this folder"
            throw TemplateError(
                .unreadable,
                [TemplateFinding(template: folder, line: 0, message: message)]
            )
        }
        return sources
    }

    private static func collect(
        _ folder: String,
        prefix: String,
        into sources: inout [String: [UInt8]]
    ) throws(TemplateFinding) {
        for entry in try entries(of: folder) {
            let path = "\(folder)/\(entry)"
            if isFolder(path) {
                try collect(path, prefix: "\(prefix)\(entry)/", into: &sources)
            } else if entry.utf8.suffix(suffix.utf8.count).elementsEqual(suffix.utf8) {
                let name = String(entry.utf8.dropLast(suffix.utf8.count)) ?? entry
                sources[prefix + name] = try contents(of: path)
            }
        }
    }

    /// Names in the folder, sorted; hidden ones (`.`, `..`, editor files) are left out.
    private static func entries(of folder: String) throws(TemplateFinding) -> [String] {
        guard let directory = unsafe opendir(folder) else { throw failure(folder) }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                unsafe tuple.withMemoryRebound(
                    to: CChar.self,
                    capacity: MemoryLayout.size(ofValue: tuple.pointee)
                ) { unsafe String(cString: $0) }
            }
            if name.utf8.first != UInt8(ascii: ".") { names.append(name) }
        }
        return names.sorted()
    }

    private static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    private static func contents(of path: String) throws(TemplateFinding) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16 * 1024)
        while true {
            let size = chunk.count
            let count = unsafe Glibc.read(descriptor, &chunk, size)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure(path) }
            guard count > 0 else { break }
            bytes += chunk.prefix(count)
            guard bytes.count <= largestFile else {
                throw TemplateFinding(template: path, line: 0, message: "larger than 1 MiB")
            }
        }
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw TemplateFinding(template: path, line: 0, message: "not valid UTF-8")
        }
        return bytes
    }

    private static func failure(_ path: String) -> TemplateFinding {
        let reason = unsafe String(cString: strerror(errno))
        return TemplateFinding(template: path, line: 0, message: reason)
    }
}
