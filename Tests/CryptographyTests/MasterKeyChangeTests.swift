import Foundation
import Testing

@testable import Cryptography

/// What becomes of a key file that is changed.
@Suite struct MasterKeyChangeTests {
    private let folder: URL
    private var path: String { folder.appending(path: "keys").path }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(
            path: "keys-" + UUID().uuidString
        )
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    }

    private func put(_ text: String) throws {
        try Data(text.utf8).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    }

    private var text: String { get throws { try String(contentsOfFile: path, encoding: .utf8) } }
    private var file: MasterKeyFile { MasterKeyFile(path: path) }
    private let key = MasterKeyRingTests.key

    private func line(_ name: String) throws -> SecretBytes {
        SecretBytes("\(name):\(key)\n")
    }

    private func failure(_ body: () throws -> Void) -> CryptographyError? {
        do {
            try body()
            return nil
        } catch {
            return error as? CryptographyError
        }
    }

    @Test func `comments and the last line without an end stay what they are`() throws {
        try put("# ours\n\na:\(key)\nb:\(key)")
        try file.add(line("c"), at: .first)
        #expect(try text == "c:\(key)\n# ours\n\na:\(key)\nb:\(key)\n")
        try file.add(line("d"), at: .last)
        try file.activate(KeyID("b"))
        #expect(try text == "b:\(key)\nc:\(key)\n# ours\n\na:\(key)\nd:\(key)\n")
        try file.remove(KeyID("a"))
        #expect(try text == "b:\(key)\nc:\(key)\n# ours\n\nd:\(key)\n")
    }

    @Test func `what would make the file worse is refused and changes nothing`() throws {
        let before = "# ours\na:\(key)\n"
        try put(before)
        #expect(failure { try file.remove(KeyID("a")) }?.kind == .refusedKeyChange)
        #expect(failure { try file.remove(KeyID("z")) }?.detail == "there is no key z in it")
        #expect(failure { try file.activate(KeyID("z")) }?.kind == .refusedKeyChange)
        #expect(failure { try file.add(line("a"), at: .last) }?.kind == .refusedKeyChange)
        #expect(failure { try file.create(line("b")) }?.kind == .refusedKeyChange)
        #expect(try text == before)
        try put("what is this\n")
        #expect(failure { try file.add(line("b"), at: .first) }?.kind == .invalidKeyFile)
        #expect(try text == "what is this\n")
    }

    @Test func `a link stays a link, and what a killed command left does no harm`() throws {
        try put("a:\(key)\n")
        try put("a:\(key)\n")
        let link = folder.appending(path: "link").path
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
        try Data("half a l".utf8).write(to: folder.appending(path: ".keys.new"))
        try MasterKeyFile(path: link).add(line("b"), at: .last)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == path)
        #expect(try text == "a:\(key)\nb:\(key)\n")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(names.sorted() == ["keys", "link"])
    }

    @Test func `changes by several at once are all there`() async throws {
        try put("a:\(key)\n")
        let path = path
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<20 {
                let line = try line("k\(number)")
                group.addTask { try MasterKeyFile(path: path).add(line, at: .last) }
            }
            try await group.waitForAll()
        }
        #expect(try MasterKeyRing.load(path: path).ids.count == 21)
    }
}
