import Foundation
import Testing

/// The tickets and the keytab of this machine, which a sign-in without a password uses; for one
/// test at a time, and gone after it.
struct HostTickets: Sendable {
    private let folder: URL

    struct Failure: Error { let command: String }

    /// Waits for the test before.
    static func alone<Result: Sendable>(
        _ body: @Sendable (HostTickets) async throws -> Result
    ) async throws -> Result {
        await turns.begin()
        let path = try RealRelay.shared().value("KRB5_CONFIG")
        let tickets = HostTickets(folder: URL(filePath: path).deletingLastPathComponent())
        do {
            let result = try await body(tickets)
            await tickets.end()
            return result
        } catch {
            await tickets.end()
            throw error
        }
    }

    private func end() async {
        for name in ["client.keytab", "ccache"] {
            // Most tests make neither.
            try? FileManager.default.removeItem(at: folder.appending(path: name))
        }
        await Self.turns.end()
    }

    /// A keytab with which the machine gets its own tickets.
    func installKeytab() throws {
        try FileManager.default.copyItem(
            at: folder.appending(path: "machine.keytab"),
            to: folder.appending(path: "client.keytab")
        )
    }

    /// A ticket that ended almost an hour ago, from the KDC whose clock is an hour behind.
    func installExpiredTicket() throws {
        let password = try RealRelay.shared().value("PASSWORD")
        let command = """
            export KRB5_CONFIG=\(folder.path)/krb5.conf
            echo '\(password)' |
            faketime -f -1h kinit -l 60s -c FILE:\(folder.path)/ccache relay@SKEWED.TEST >/dev/null
            """
        guard system(command) == 0 else { throw Failure(command: command) }
    }

    private static let turns = Turns()

    private actor Turns {
        private var isTaken = false
        private var waiting: [CheckedContinuation<Void, Never>] = []

        func begin() async {
            guard isTaken else {
                isTaken = true
                return
            }
            await withCheckedContinuation { waiting.append($0) }
        }

        func end() {
            guard !waiting.isEmpty else {
                isTaken = false
                return
            }
            waiting.removeFirst().resume()
        }
    }
}
