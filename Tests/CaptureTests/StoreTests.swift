import Foundation
import Sockets
import Synchronization
import Testing

@testable import Capture

@Suite struct StoreTests {
    private static func mail(_ subject: String, sender: String = "ada@example.com") -> ReceivedMail
    {
        ReceivedMail(
            sender: sender,
            recipients: ["bob@example.org"],
            clientName: "laptop.example",
            serverName: "capture.test",
            protocolName: "ESMTP",
            message: Array("Subject: \(subject)\r\n\r\nHi\r\n".utf8),
            clientAddress: "::1"
        )
    }

    /// Runs `body` with a store at a clock that stands still, and its folder.
    private static func withStore(
        at microseconds: Int64 = 1_795_255_200_000_000,
        _ body: (CaptureStore, URL) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "store-\(UUID().uuidString)")
        let pool = BlockingPool(threads: 1, queueLimit: 100)
        let clock = CaptureClock(microseconds: { microseconds }, random: { 308_915_775 })
        defer {
            pool.stop()
            do {
                try FileManager.default.removeItem(at: folder)
            } catch {
                Issue.record(error)
            }
        }
        try await body(CaptureStore(folder: folder.path, pool: pool, clock: clock), folder)
    }

    private static func mode(_ url: URL) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: url.path)[.posixPermissions] as? Int
    }

    @Test func `a message is one private file with its envelope on top`() async throws {
        try await Self.withStore { store, folder in
            try await store.prepare()
            let id = try await store.keep(Self.mail("Hello"))
            #expect(id.text == "20261121T100000-aaaazzzzzz")
            let file = folder.appending(path: "\(id.text).eml")
            #expect(try Self.mode(folder) == 0o700)
            #expect(try Self.mode(file) == 0o600)
            #expect(
                try String(contentsOf: file, encoding: .utf8) == """
                    Return-Path: <ada@example.com>\r
                    Delivered-To: bob@example.org\r
                    Received: from laptop.example ([IPv6:::1])\r
                    \tby capture.test (Sendproof capture) with ESMTP\r
                    \tid 20261121T100000-aaaazzzzzz; Sat, 21 Nov 2026 10:00:00 +0000\r
                    Subject: Hello\r
                    \r
                    Hi\r

                    """
            )
        }
    }

    @Test func `messages of one moment keep their order, and the oldest go`() async throws {
        try await Self.withStore { store, folder in
            try await store.prepare()
            for number in 0..<503 { _ = try await store.keep(Self.mail("\(number)")) }
            let subjects = try await store.messages(limit: 1000).map(\.subject)
            #expect(subjects == (3..<503).reversed().map { "\($0)" })
            #expect(try await store.messages().count == 200)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 500)
        }
    }

    @Test func `preparing closes the folder and removes what a crash left`() async throws {
        try await Self.withStore { store, folder in
            try FileManager.default.createDirectory(
                at: folder,
                withIntermediateDirectories: false,
                attributes: [.posixPermissions: 0o755]
            )
            let half = folder.appending(path: ".incoming-20261121T100000-aaaaaaaaaa")
            try Data().write(to: half)
            let others = folder.appending(path: "notes.eml")
            try Data("Subject: not ours\r\n\r\n".utf8).write(to: others)
            try await store.prepare()
            #expect(try Self.mode(folder) == 0o700)
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["notes.eml"]
            )
            #expect(try await store.messages() == [])
        }
    }

    @Test func `without a folder the inbox is empty and keeping fails`() async throws {
        try await Self.withStore { store, folder in
            #expect(try await store.messages() == [])
            await #expect(throws: CaptureError(kind: .write, number: ENOENT)) {
                try await store.keep(Self.mail("x"))
            }
            try await store.prepare()
        }
    }

    @Test func `fields that the sender wrote cannot change the envelope shown`() async throws {
        try await Self.withStore { store, _ in
            try await store.prepare()
            let forged = "x\r\nReturn-Path: <eve@example.com>\r\nDelivered-To: eve@example.com"
            _ = try await store.keep(Self.mail(forged, sender: ""))
            let entry = try #require(try await store.messages().first)
            #expect(entry.sender == "")
            #expect(entry.recipients == "bob@example.org")
        }
    }

    @Test(arguments: [
        "", ".", "..", "../secret", "20261121T100000-abcdefghij.eml", "20261121T100000-abcdefghi",
        "20261121T100000-abcdefghiJ", "20261121T100000-abcdefgh/j", "20261121T100000-abcdefghi\0",
        "20261321T100000-abcdefghij", "20261121T240000-abcdefghij", "20261121T100060-abcdefghij",
        "19691231T235959-abcdefghij", "20261100T000000-abcdefghij", "2026112１T10000-abcdefghij",
        "20261121 100000-abcdefghij", "/etc/passwd", "20261121T100000-é́abcdefg",
    ])
    func `what is not an id is no message`(text: String) async throws {
        #expect(CapturedID(text) == nil)
        try await Self.withStore { store, _ in
            try await store.prepare()
            _ = try await store.keep(Self.mail("Hello"))
            #expect(try await store.message(text) == nil)
        }
    }

    @Test(
        arguments: [
            (0, "19700101T000000"), (951_782_400, "20000229T000000"),
            (951_868_800, "20000301T000000"),
            (1_709_251_199, "20240229T235959"), (1_795_255_200, "20261121T100000"),
            (4_107_542_400, "21000301T000000"), (253_402_300_799, "99991231T235959"),
        ] as [(Int64, String)]
    )
    func `an id tells its moment`(seconds: Int64, time: String) throws {
        let made = CapturedID(ticks: seconds * CapturedID.ticksPerSecond + 5, random: 0)
        #expect(made.text == "\(time)-aaafaaaaaa")
        #expect(made.receivedAt == seconds)
        #expect(try #require(CapturedID(made.text)).receivedAt == seconds)
    }

    @Test func `ids rise when the clock goes back`() {
        let now = Mutex<Int64>(2_000_000)
        let clock = CaptureClock(
            microseconds: {
                now.withLock {
                    $0 -= 500_000; return $0
                }
            },
            random: { UInt64.random(in: 0 ... .max) }
        )
        let ids = (0..<10).map { _ in clock.nextID() }
        #expect(ids == ids.sorted())
        #expect(Set(ids).count == 10)
    }
}
