import Glibc
package import Observability

/// The installation's folder of certificate files, from which tenants may name one.
package struct CertificateFolder: Sendable {
    /// The most bytes of a file.
    package static let byteLimit = 1 << 20
    private let path: String

    package init(_ path: String) {
        self.path = path
    }

    /// Whether `name` is the plain name of a file: no path, nothing hidden.
    package static func isPlain(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        return (1...255).contains(bytes.count) && bytes.first != UInt8(ascii: ".")
            && bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "/") }
            && !bytes.contains(UInt8(ascii: "\\"))
    }

    /// Reads the file `name`; it blocks: not on an event loop.
    ///
    /// Throws: `CertificateFileError`; for a link always, wherever it leads.
    package func read(_ name: String) throws(CertificateFileError) -> Redacted<[UInt8]> {
        guard Self.isPlain(name) else { throw .notPlain }
        let folder = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw .noFolder(errno) }
        defer { close(folder) }
        // Not to wait for the other end of a pipe that somebody put there.
        let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC
        let descriptor = unsafe openat(folder, name, flags)
        guard descriptor >= 0 else { throw CertificateFileError(opening: errno) }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw .unreadable(errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile }
        guard status.st_size <= Self.byteLimit else { throw .tooLarge }
        return Redacted(try Self.contents(of: descriptor))
    }

    private static func contents(of descriptor: Int32) throws(CertificateFileError) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while bytes.count <= byteLimit {
            let count = unsafe chunk.withUnsafeMutableBytes {
                unsafe Glibc.read(descriptor, $0.baseAddress, $0.count)
            }
            if count == 0 { return bytes }
            if count > 0 {
                bytes.append(contentsOf: chunk.prefix(count))
            } else if errno != EINTR {
                throw .unreadable(errno)
            }
        }
        // It grew while it was read.
        throw .tooLarge
    }
}

/// Why a file of the certificate folder cannot be read.
package enum CertificateFileError: ExplainedError, Equatable {
    /// The installation offers no folder, or it cannot be opened.
    case noFolder(Int32)
    case notPlain, notFound, isLink, notAFile, tooLarge
    case unreadable(Int32)

    init(opening number: Int32) {
        switch number {
        case ENOENT: self = .notFound
        case ELOOP: self = .isLink
        case ENXIO: self = .notAFile
        default: self = .unreadable(number)
        }
    }

    package var code: String {
        switch self {
        case .noFolder: "certificateFile.noFolder"
        case .notPlain: "certificateFile.notPlain"
        case .notFound: "certificateFile.notFound"
        case .isLink: "certificateFile.isLink"
        case .notAFile: "certificateFile.notAFile"
        case .tooLarge: "certificateFile.tooLarge"
        case .unreadable: "certificateFile.unreadable"
        }
    }

    package var userText: String {
        switch self {
        case .noFolder:
            "The installation's certificate folder cannot be read. Ask its operator."
        case .notPlain:
            "Enter the plain name of a file in the certificate folder, such as relay.pem."
        case .notFound:
            "There is no such file in the certificate folder. Check the name, also its capitals."
        case .isLink: "The file is a link, and links are not followed. Put the file itself there."
        case .notAFile: "This is not a file. Enter the name of a certificate file."
        case .tooLarge: "The file is larger than 1 MB."
        case .unreadable:
            "The file cannot be read by this server. Ask the operator to check its permissions."
        }
    }

    package var operatorText: String {
        switch self {
        case .noFolder(let number), .unreadable(let number): "\(code): errno \(number)"
        default: code
        }
    }
}
