import Foundation
import Testing

@testable import Cryptography

/// The `openssl` program, which judges what the module made, in a folder of its own.
struct OpenSSLCommand {
    struct Answer {
        let status: Int32
        let output: String
    }

    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(
            path: "certificates-" + UUID().uuidString
        )
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    }

    func remove() {
        #expect(throws: Never.self) { try FileManager.default.removeItem(at: folder) }
    }

    func write(_ bytes: [UInt8], to name: String) throws {
        try Data(bytes).write(to: folder.appending(path: name))
    }

    func write(_ issued: IssuedCertificate) throws {
        try write(issued.certificatePEM, to: "leaf.pem")
        try write(issued.privateKeyPEM.reveal(), to: "leaf.key")
    }

    func run(_ arguments: String...) throws -> Answer {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/openssl")
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.standardInput = FileHandle.nullDevice
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Answer(
            status: process.terminationStatus,
            output: String(decoding: output, as: UTF8.self)
        )
    }
}
