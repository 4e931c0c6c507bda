import Foundation
import Testing

@testable import Cryptography

@Suite struct MasterKeyFileTests {
    private func withFile(_ text: String, mode: Int, _ body: (String) throws -> Void) throws {
        let path = NSTemporaryDirectory() + "keys-" + UUID().uuidString
        #expect(
            FileManager.default.createFile(
                atPath: path,
                contents: Data(text.utf8),
                attributes: [.posixPermissions: mode]
            )
        )
        defer { #expect(unlink(path) == 0) }
        try body(path)
    }

    private func failureOfLoading(_ path: String) -> CryptographyError? {
        do {
            _ = try MasterKeyRing.load(path: path)
            return nil
        } catch {
            return error as? CryptographyError
        }
    }

    @Test(arguments: [0o600, 0o400])
    func `a file of the owner alone is read`(mode: Int) throws {
        try withFile("a:\(MasterKeyRingTests.key)\n", mode: mode) { path in
            let ring = try MasterKeyRing.load(path: path)
            #expect(ring.activeID.text == "a")
        }
    }

    @Test(arguments: [0o640, 0o604, 0o644, 0o620, 0o610, 0o601, 0o666, 0o777])
    func `a file that others can use is refused, and the way out is named`(mode: Int) throws {
        try withFile("a:\(MasterKeyRingTests.key)\n", mode: mode) { path in
            let error = failureOfLoading(path)
            #expect(error?.kind == .exposedKeyFile)
            #expect(error?.detail.contains("\(path) has mode \(String(mode, radix: 8))") == true)
            #expect(error?.detail.contains("chmod 600") == true)
        }
    }

    @Test func `what cannot be read says why`() throws {
        let missing = failureOfLoading("/nonexistent/keys")
        #expect(missing?.kind == .unreadableKeyFile)
        #expect(missing?.detail == "/nonexistent/keys: No such file or directory")
        #expect(failureOfLoading("/dev/null")?.detail == "/dev/null: not a file")
        #expect(failureOfLoading("/tmp")?.detail == "/tmp: not a file")
        try withFile(String(repeating: "#", count: 70_000), mode: 0o600) { path in
            #expect(failureOfLoading(path)?.kind == .unreadableKeyFile)
        }
    }

    @Test func `a broken file is named with its line`() throws {
        try withFile("# keys\na=b\n", mode: 0o600) { path in
            let error = failureOfLoading(path)
            #expect(error?.kind == .invalidKeyFile)
            #expect(error?.detail == "\(path): line 2: there is no colon")
        }
    }

    @Test func `a systemd credential is taken, its look-alikes are not`() {
        func isExposed(_ mode: mode_t, owner: uid_t, group: gid_t, user: uid_t) -> Bool {
            var status = stat()
            status.st_mode = S_IFREG | mode
            status.st_uid = owner
            status.st_gid = group
            return MasterKeyRing.isExposed(status, user: user)
        }

        #expect(!isExposed(0o440, owner: 0, group: 0, user: 1000))
        #expect(!isExposed(0o400, owner: 1000, group: 1000, user: 1000))
        #expect(isExposed(0o440, owner: 0, group: 0, user: 0))
        #expect(isExposed(0o440, owner: 0, group: 100, user: 1000))
        #expect(isExposed(0o440, owner: 1000, group: 0, user: 1000))
        #expect(isExposed(0o460, owner: 0, group: 0, user: 1000))
        #expect(isExposed(0o444, owner: 0, group: 0, user: 1000))
    }
}
