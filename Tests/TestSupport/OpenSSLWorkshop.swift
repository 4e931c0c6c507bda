package import Foundation

/// The `openssl` program at work in a folder of its own: an authority and what it issues.
package final class OpenSSLWorkshop: Sendable {
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    package let folder: URL

    package init() throws {
        folder = FileManager.default.temporaryDirectory.appending(
            path: "workshop-" + UUID().uuidString
        )
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    }

    deinit {
        // A folder that stays is in the system's place for such folders.
        try? FileManager.default.removeItem(at: folder)
    }

    package func read(_ name: String) throws -> [UInt8] {
        try Array(Data(contentsOf: folder.appending(path: name)))
    }

    package func write(_ bytes: [UInt8], to name: String) throws {
        try Data(bytes).write(to: folder.appending(path: name))
    }

    /// Runs `openssl` with the words of `line`; gives what it prints.
    @discardableResult
    package func run(_ line: String) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/openssl")
        process.arguments = line.split(separator: " ").map(String.init)
        process.currentDirectoryURL = folder
        process.standardInput = FileHandle.nullDevice
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = String(
            decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(),
            as: UTF8.self
        )
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(description: "openssl \(line): \(output)")
        }
        return output
    }

    /// Makes an authority: `NAME.key`, `NAME.pem`.
    package func authority(_ name: String) throws {
        try run(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 "
                + "-keyout \(name).key -out \(name).pem -subj /O=Workshop/CN=\(name) "
                + "-addext basicConstraints=critical,CA:TRUE "
                + "-addext keyUsage=critical,keyCertSign,cRLSign"
        )
    }

    /// Makes a key and a certificate that `authority` signs: `NAME.key`, `NAME.pem`.
    package func issue(
        _ name: String,
        by authority: String,
        days: Int = 365,
        extensions: String = "keyUsage=critical,digitalSignature,keyEncipherment"
    ) throws {
        try run(
            "req -new -newkey rsa:2048 -nodes -keyout \(name).key -out \(name).csr "
                + "-subj /O=Borealis/CN=\(name)"
        )
        try sign("\(name).csr", to: "\(name).pem", by: authority, days: days, extensions)
    }

    /// Signs a request as an authority does.
    package func sign(
        _ request: String,
        to certificate: String,
        by authority: String,
        days: Int = 365,
        _ extensions: String = "keyUsage=critical,digitalSignature,keyEncipherment"
    ) throws {
        let text = extensions.split(separator: ";").joined(separator: "\n") + "\n"
        try write(Array(text.utf8), to: "extensions")
        try run(
            "x509 -req -in \(request) -CA \(authority).pem -CAkey \(authority).key -CAcreateserial "
                + "-days \(days) -out \(certificate) -extfile extensions -copy_extensions copy"
        )
    }
}
