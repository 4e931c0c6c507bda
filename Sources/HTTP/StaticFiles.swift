/// The files of a folder, loaded once and served from memory.
///
/// Their addresses carry a checksum of the whole folder, `/static/<16 hex digits>/css/a.css`, so
/// that browsers may keep them for good and files may refer to each other by relative addresses.
/// An address with another checksum (a page from before an update) gets the file too, but must
/// ask again.
package struct StaticFiles: Sendable {
    private let files: [String: StaticFile]
    private let fixedPaths: [String: StaticFile]
    private let prefix: String

    /// Loads every file below `folder`, except hidden ones.
    ///
    /// `fixedPaths` are addresses that browsers ask for by themselves, each with the file that
    /// answers: `["/favicon.ico": "icons/favicon.ico"]`. `checksum` is a cryptographic hash of at
    /// least 8 bytes. Throws: `StaticFilesError`.
    package init(
        folder: String,
        fixedPaths: [String: String] = [:],
        checksum: ([UInt8]) -> [UInt8]
    ) throws(StaticFilesError) {
        var files: [String: StaticFile] = [:]
        var inventory: [UInt8] = []
        for entry in try FolderReader.read(folder).sorted(by: { $0.path < $1.path }) {
            let sum = Self.hexadecimal(checksum(entry.bytes))
            inventory.append(contentsOf: "\(entry.path)\n\(sum)\n".utf8)
            files[entry.path] = StaticFile(path: entry.path, bytes: entry.bytes, checksum: sum)
        }
        var fixed: [String: StaticFile] = [:]
        for (path, name) in fixedPaths {
            guard let file = files[name] else { throw StaticFilesError(.missing, path: name) }
            fixed[path] = file
        }
        self.files = files
        self.fixedPaths = fixed
        prefix = "/static/\(Self.hexadecimal(checksum(inventory)))/"
    }

    /// The first 8 bytes as 16 digits.
    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        let text = bytes.prefix(8).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return String(decoding: text, as: UTF8.self)
    }

    /// The names of all files, relative to the folder.
    package var paths: [String] { files.keys.sorted() }

    /// The address of the file `path`, as `css/sendproof.css`.
    ///
    /// Throws: `StaticFilesError` when there is no such file.
    package func url(for path: String) throws(StaticFilesError) -> String {
        guard files[path] != nil else { throw StaticFilesError(.missing, path: path) }
        return prefix + path
    }

    /// The answer to a request for a file; nil when the address is not one of files.
    package func response(for request: Request) -> Response? {
        let path = request.rawPath
        guard path.utf8.starts(with: "/static/".utf8) else {
            guard let file = fixedPaths[path] else { return nil }
            return answer(request, file, .daily)
        }
        let isCurrent = path.utf8.starts(with: prefix.utf8)
        let name = path.utf8.dropFirst("/static/".utf8.count).drop { $0 != Byte.slash }.dropFirst()
        guard let file = files[String(decoding: Array(name), as: UTF8.self)] else {
            return .text("There is no such file.\n", status: .notFound)
        }
        return answer(request, file, isCurrent ? .immutable : .revalidated)
    }

    private func answer(
        _ request: Request,
        _ file: StaticFile,
        _ caching: StaticFile.Caching
    ) -> Response {
        guard request.method == .get || request.method == .head else {
            var response = Response.text("Files can only be read.\n", status: .methodNotAllowed)
            response.headers.append("Allow", "GET, HEAD")
            return response
        }
        return file.response(to: request, caching)
    }
}
